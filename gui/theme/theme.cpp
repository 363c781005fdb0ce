// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/theme/theme.h"

#include "gui/theme/style.h"
#include "gui/theme/texts.h"

#include <QActionGroup>
#include <QApplication>
#include <QMenu>
#include <QMetaEnum>
#include <QSettings>
#include <QStyleHints>
#include <QToolTip>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

QPalette makePalette(QRgb window, QRgb base, QRgb alternate, QRgb text, QRgb faint, QRgb button,
                     QRgb highlight, QRgb line, QRgb tip)
{
    const QColor ground(window), ink(text), muted(faint), edge(line);
    QPalette palette;
    palette.setColor(QPalette::Window, ground);
    palette.setColor(QPalette::WindowText, ink);
    palette.setColor(QPalette::Base, QColor(base));
    palette.setColor(QPalette::AlternateBase, QColor(alternate));
    palette.setColor(QPalette::Text, ink);
    palette.setColor(QPalette::PlaceholderText, muted);
    palette.setColor(QPalette::Button, QColor(button));
    palette.setColor(QPalette::ButtonText, ink);
    palette.setColor(QPalette::BrightText, Qt::white);
    palette.setColor(QPalette::Highlight, QColor(highlight));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::Link, QColor(highlight));
    palette.setColor(QPalette::LinkVisited, QColor(highlight));
    palette.setColor(QPalette::ToolTipBase, QColor(tip));
    palette.setColor(QPalette::ToolTipText, ink);
    palette.setColor(QPalette::Light, QColor(button).lighter(108));
    palette.setColor(QPalette::Midlight, QColor(button));
    palette.setColor(QPalette::Mid, edge);
    palette.setColor(QPalette::Dark, edge.darker(120));
    palette.setColor(QPalette::Shadow, QColor(0, 0, 0));
    for (QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, muted);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, edge);
    palette.setColor(QPalette::Disabled, QPalette::HighlightedText, ink);
    return palette;
}

QPalette lightPalette()
{
    return makePalette(0xfff3f4f6, 0xffffffff, 0xfff8f9fa, 0xff1f2328, 0xff667080, 0xfffafbfc, 0xff2f6bd8,
                       0xffc9ced6, 0xfffff8e1);
}

QPalette darkPalette()
{
    return makePalette(0xff22262c, 0xff191c21, 0xff1e2227, 0xffe3e6ea, 0xff929ba8, 0xff2c3138, 0xff3a74d8,
                       0xff434a55, 0xff383323);
}

} // namespace

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Base).lightness() < 128;
}

QColor toneColor(const QPalette &palette, Tone tone)
{
    const bool dark = isDark(palette);
    switch (tone) {
    case Tone::Muted:
        return palette.color(QPalette::PlaceholderText);
    case Tone::Good:
        return dark ? QColor(0x57, 0xc2, 0x8b) : QColor(0x1a, 0x7a, 0x48);
    case Tone::Info:
        return dark ? QColor(0x74, 0xa9, 0xff) : QColor(0x2b, 0x63, 0xc9);
    case Tone::Warning:
        return dark ? QColor(0xe4, 0xb1, 0x4a) : QColor(0x8f, 0x5e, 0x00);
    case Tone::Bad:
        return dark ? QColor(0xf5, 0x7f, 0x78) : QColor(0xbd, 0x2c, 0x27);
    case Tone::Normal:
        break;
    }
    return palette.color(QPalette::Text);
}

QColor toneFill(const QPalette &palette, Tone tone)
{
    if (tone == Tone::Warning && !isDark(palette))
        return QColor(0xd9, 0x9a, 0x1c);
    return toneColor(palette, tone);
}

QColor toneGround(const QPalette &palette, Tone tone)
{
    QColor color = toneColor(palette, tone);
    color.setAlphaF(isDark(palette) ? 0.20F : 0.13F);
    return color;
}

Theme::Theme(QObject *parent) : QObject(parent), m_startedDark(isDark(QGuiApplication::palette()))
{
    QApplication::setStyle(new Style);
    const QByteArray stored = QSettings().value("window/theme"_L1).toByteArray();
    bool known = false;
    const int value = QMetaEnum::fromType<Choice>().keyToValue(stored.constData(), &known);
    if (known)
        m_choice = Choice(value);
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this] { apply(); });
#endif
    apply();
}

void Theme::setChoice(Choice choice)
{
    m_choice = choice;
    QSettings().setValue("window/theme"_L1,
                         QByteArray(QMetaEnum::fromType<Choice>().valueToKey(int(choice))));
    apply();
}

void Theme::addTo(QMenu *menu, Texts &texts)
{
    m_group = new QActionGroup(menu);
    const auto add = [this, menu](Choice choice) {
        QAction *action = m_group->addAction(QString());
        action->setObjectName(u"theme"_s +
                              QLatin1StringView(QMetaEnum::fromType<Choice>().valueToKey(int(choice))));
        action->setCheckable(true);
        action->setChecked(choice == m_choice);
        connect(action, &QAction::triggered, this, [this, choice] { setChoice(choice); });
        menu->addAction(action);
        return action;
    };
    texts.add([system = add(Choice::System), light = add(Choice::Light), dark = add(Choice::Dark)] {
        system->setText(tr("As the &System"));
        light->setText(tr("&Light"));
        dark->setText(tr("&Dark"));
    });
}

bool Theme::systemIsDark() const
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    const Qt::ColorScheme scheme = QGuiApplication::styleHints()->colorScheme();
    if (scheme != Qt::ColorScheme::Unknown)
        return scheme == Qt::ColorScheme::Dark;
#endif
    return m_startedDark; // no scheme known (Qt before 6.5): go by the palette at the start
}

void Theme::apply()
{
    const bool dark = m_choice == Choice::Dark || (m_choice == Choice::System && systemIsDark());
    const QPalette palette = dark ? darkPalette() : lightPalette();
    QApplication::setPalette(palette);
    // A selected row keeps its text colours, so its background is only tinted.
    QPalette views(palette);
    views.setColor(QPalette::Highlight, dark ? QColor(0x2b, 0x3d, 0x58) : QColor(0xd9, 0xe6, 0xfb));
    views.setColor(QPalette::HighlightedText, palette.color(QPalette::Text));
    QApplication::setPalette(views, "QAbstractItemView");
    QPalette fields(palette);
    fields.setColor(QPalette::Active, QPalette::Base, dark ? QColor(0x2b, 0x30, 0x37) : QColor(Qt::white));
    fields.setColor(QPalette::Inactive, QPalette::Base, dark ? QColor(0x2b, 0x30, 0x37) : QColor(Qt::white));
    for (const char *type : {"QLineEdit", "QAbstractSpinBox"})
        QApplication::setPalette(fields, type);
    QToolTip::setPalette(palette);
}

} // namespace replog
