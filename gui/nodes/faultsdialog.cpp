// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/nodes/faultsdialog.h"

#include "gui/cluster/clustersession.h"
#include "gui/theme/theme.h"
#include "gui/widgets/plainlabel.h"
#include "gui/widgets/wrappedtext.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int MostDelayMs = 3600 * 1000; // more is refused
constexpr int AttemptTimeoutMs = 2000;   // the master's, unless it was told another

// Shows as many decimals as the number has.
class PercentBox : public QDoubleSpinBox
{
public:
    using QDoubleSpinBox::QDoubleSpinBox;

    QString textFromValue(double value) const override
    {
        QString text = QDoubleSpinBox::textFromValue(value);
        const QString point = locale().decimalPoint();
        if (!text.contains(point))
            return text;
        while (text.endsWith(locale().zeroDigit()))
            text.chop(locale().zeroDigit().size());
        if (text.endsWith(point))
            text.chop(point.size());
        return text;
    }
};

QDoubleSpinBox *percentBox(QWidget *parent, const QString &name, const QString &tip)
{
    auto *box = new PercentBox(parent);
    box->setObjectName(name);
    box->setRange(0, 100);
    box->setDecimals(4);
    box->setSingleStep(10);
    box->setSuffix(FaultsDialog::tr(" %"));
    box->setToolTip(tip);
    return box;
}

} // namespace

FaultsDialog::FaultsDialog(ClusterSession &session, const QString &node, QWidget *parent)
    : QDialog(parent), m_session(session), m_node(node), m_fields(new QWidget(this)),
      m_late(new PlainLabel(m_fields)), m_said(new WrappedText(this))
{
    setObjectName(u"faultsDialog"_s);
    setWindowTitle(tr("Faults of %1").arg(node));
    auto *column = new QVBoxLayout(this);
    column->setSpacing(12);
    auto *intro = new WrappedText(this);
    intro->setText(tr("What %1 does to the master's deliveries, from now on until changed.").arg(node));
    column->addWidget(intro);

    auto *form = new QFormLayout(m_fields);
    form->setContentsMargins({});
    m_delay = new QSpinBox(m_fields);
    m_delay->setObjectName(u"delay"_s);
    m_delay->setRange(0, MostDelayMs);
    m_delay->setSingleStep(100);
    m_delay->setSuffix(tr(" ms"));
    m_delay->setToolTip(tr("Each delivery is taken up so much later"));
    form->addRow(tr("D&elay:"), m_delay);
    m_late->setObjectName(u"late"_s);
    m_late->setWordWrap(true);
    m_late->setText(tr("A delivery that takes longer than the master's --attempt-timeout (%1 s unless it was "
                       "started with another) counts as failed and is sent again: with such a delay the node "
                       "stores nothing more.")
                        .arg(AttemptTimeoutMs / 1000));
    form->addRow(QString(), m_late);
    connect(m_delay, &QSpinBox::valueChanged, this, &FaultsDialog::explainDelay);
    explainDelay();
    m_failBefore = percentBox(m_fields, u"failBefore"_s, tr("Answers 500 and stores nothing"));
    form->addRow(tr("Fail &before storing:"), m_failBefore);
    m_failAfter = percentBox(m_fields, u"failAfter"_s, tr("Stores, and then answers 500 all the same"));
    form->addRow(tr("Fail &after storing:"), m_failAfter);
    m_drop = percentBox(m_fields, u"drop"_s, tr("Takes the delivery and never answers"));
    form->addRow(tr("&Drop:"), m_drop);
    m_block = new QCheckBox(tr("Bloc&k: refuse every delivery"), m_fields);
    m_block->setObjectName(u"block"_s);
    form->addRow(QString(), m_block);
    column->addWidget(m_fields);

    m_said->setObjectName(u"said"_s);
    m_said->setMinimumHeight(m_said->fontMetrics().height() * 2);
    column->addWidget(m_said);

    m_buttons = new QDialogButtonBox(this);
    QPushButton *ok = m_buttons->addButton(QDialogButtonBox::Ok);
    QPushButton *apply_ = m_buttons->addButton(QDialogButtonBox::Apply);
    QPushButton *none = m_buttons->addButton(tr("&No Faults"), QDialogButtonBox::ResetRole);
    none->setObjectName(u"noFaults"_s);
    m_buttons->addButton(QDialogButtonBox::Cancel);
    connect(ok, &QPushButton::clicked, this, [this] { apply(true); });
    connect(apply_, &QPushButton::clicked, this, [this] { apply(false); });
    connect(none, &QPushButton::clicked, this, [this] {
        setFaults({});
        m_told = {}; // all are written, whatever they were
        apply(false);
    });
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(m_buttons);

    m_fields->setEnabled(false);
    say(tr("Asking the node…"), false);
    m_session.readFaults(m_node, this, [this](const CallResult &result) { handleRead(result); });
}

void FaultsDialog::handleRead(const CallResult &result)
{
    const bool ok = result.ok();
    m_fields->setEnabled(ok);
    for (auto which : {QDialogButtonBox::Ok, QDialogButtonBox::Apply})
        m_buttons->button(which)->setEnabled(ok);
    m_buttons->findChild<QPushButton *>(u"noFaults"_s)->setEnabled(ok);
    if (ok) {
        setFaults(result.json());
        m_told = fields();
        say({}, false);
        m_delay->setFocus();
    } else if (result.status == 403 || result.status == 404 || result.status == 405) {
        say(tr("%1 takes no faults: it was started without --enable-faults.").arg(m_node), true);
    } else {
        say(result.error, true);
    }
}

void FaultsDialog::apply(bool closeAfter)
{
    const QJsonObject now = fields();
    QJsonObject changes;
    for (auto it = now.begin(); it != now.end(); ++it) {
        if (m_told.value(it.key()) != it.value())
            changes.insert(it.key(), it.value());
    }
    say(tr("Setting…"), false);
    // The session as context: closing the dialog does not abort the call.
    const QPointer<FaultsDialog> self(this);
    m_session.writeFaults(m_node, changes, &m_session, [self, closeAfter, now](const CallResult &result) {
        if (!self)
            return;
        if (!result.ok()) {
            self->say(result.error, true);
            return;
        }
        // A node that was restarted meanwhile had lost others.
        self->m_told = now;
        if (self->fields() == now) {
            self->setFaults(result.json());
            self->m_told = self->fields();
        }
        if (closeAfter)
            self->accept();
        else
            self->say(tr("Set."), false);
    });
}

void FaultsDialog::setFaults(const QJsonObject &faults)
{
    m_delay->setValue(faults.value("delay_ms"_L1).toInt());
    m_failBefore->setValue(faults.value("fail_before"_L1).toDouble() * 100);
    m_failAfter->setValue(faults.value("fail_after"_L1).toDouble() * 100);
    m_drop->setValue(faults.value("drop"_L1).toDouble() * 100);
    m_block->setChecked(faults.value("block"_L1).toBool());
}

QJsonObject FaultsDialog::fields() const
{
    return {{u"delay_ms"_s, m_delay->value()},
            {u"fail_before"_s, m_failBefore->value() / 100},
            {u"fail_after"_s, m_failAfter->value() / 100},
            {u"drop"_s, m_drop->value() / 100},
            {u"block"_s, m_block->isChecked()}};
}

void FaultsDialog::explainDelay()
{
    m_late->setVisible(m_delay->value() >= AttemptTimeoutMs);
}

void FaultsDialog::say(const QString &text, bool isError)
{
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, toneColor(palette(), isError ? Tone::Bad : Tone::Muted));
    m_said->setPalette(colors);
    m_said->setText(text);
}

} // namespace replog
