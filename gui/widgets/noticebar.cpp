// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/noticebar.h"

#include "gui/widgets/plainlabel.h"
#include "gui/widgets/plaintext.h"
#include "gui/widgets/wrappedtext.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QStyle>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int InformationMs = 10000;

QStyle::StandardPixmap iconOf(NoticeBar::Severity severity)
{
    switch (severity) {
    case NoticeBar::Severity::Information:
        return QStyle::SP_MessageBoxInformation;
    case NoticeBar::Severity::Warning:
        return QStyle::SP_MessageBoxWarning;
    case NoticeBar::Severity::Error:
        break;
    }
    return QStyle::SP_MessageBoxCritical;
}

} // namespace

NoticeBar::NoticeBar(QWidget *parent) : QScrollArea(parent), m_rows(nullptr)
{
    setObjectName(u"notices"_s);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidgetResizable(true);
    auto *list = new QWidget;
    m_rows = new QVBoxLayout(list);
    setWidget(list); // from here on eventFilter() sees its events
    m_rows->setContentsMargins({});
    m_rows->setSpacing(1);
    hide();
}

void NoticeBar::show(const QString &topic, NoticeBar::Severity severity, const QString &whole)
{
    const QString text = PlainText::oneLine(whole, TextCharacters);
    QWidget *said = m_notices.value(topic);
    if (said && this->text(topic) == text && said->property("severity").toInt() == int(severity))
        return;
    const int place = said ? m_rows->indexOf(said) : 0;
    remove(topic);
    if (text.isEmpty())
        return;
    auto *row = new QFrame(widget());
    row->setObjectName(u"notice"_s);
    row->setProperty("severity", int(severity));
    row->setAutoFillBackground(true);
    row->setBackgroundRole(QPalette::ToolTipBase);
    row->setForegroundRole(QPalette::ToolTipText);
    auto *line = new QHBoxLayout(row);
    line->setContentsMargins(10, 6, 6, 6);
    line->setSpacing(8);
    auto *icon = new PlainLabel(row);
    const int size = style()->pixelMetric(QStyle::PM_SmallIconSize);
    icon->setPixmap(style()->standardIcon(iconOf(severity)).pixmap(size, size));
    line->addWidget(icon);
    auto *label = new WrappedText(row);
    label->setText(text);
    label->setObjectName(u"noticeText"_s);
    label->setForegroundRole(QPalette::ToolTipText);
    label->setAccessibleName(text);
    line->addWidget(label, 1);
    auto *close = new QToolButton(row);
    close->setAutoRaise(true);
    close->setIcon(style()->standardIcon(QStyle::SP_TitleBarCloseButton));
    close->setAccessibleName(tr("Dismiss"));
    close->setToolTip(tr("Dismiss"));
    connect(close, &QToolButton::clicked, this, [this, topic] { remove(topic); });
    line->addWidget(close);
    // Information disappears after a while; an error stays until it is resolved or dismissed.
    if (severity == Severity::Information)
        QTimer::singleShot(InformationMs, row, [this, topic] { remove(topic); });
    m_rows->insertWidget(place, row);
    row->show();
    m_notices.insert(topic, row);
    QWidget::show();
    fit();
}

bool NoticeBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == widget() && event->type() == QEvent::LayoutRequest)
        fit();
    return QScrollArea::eventFilter(watched, event);
}

void NoticeBar::resizeEvent(QResizeEvent *event)
{
    QScrollArea::resizeEvent(event);
    fit();
}

void NoticeBar::fit()
{
    const int wanted =
        m_rows->hasHeightForWidth() ? m_rows->totalHeightForWidth(width()) : m_rows->totalSizeHint().height();
    setFixedHeight(std::min(wanted, window()->height() / 4));
}

void NoticeBar::clear()
{
    const QStringList topics = m_notices.keys();
    for (const QString &topic : topics)
        remove(topic);
}

QString NoticeBar::text(const QString &topic) const
{
    const QWidget *row = m_notices.value(topic);
    return row ? row->findChild<WrappedText *>(u"noticeText"_s)->text() : QString();
}

void NoticeBar::remove(const QString &topic)
{
    if (QWidget *row = m_notices.take(topic)) {
        m_rows->removeWidget(row);
        row->hide();
        row->deleteLater();
    }
    setVisible(!m_notices.isEmpty());
}

} // namespace replog
