// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/compare/comparedialog.h"

#include "gui/cluster/clustersession.h"
#include "gui/widgets/longtextview.h"
#include "gui/widgets/plainlabel.h"
#include "gui/widgets/plaintext.h"
#include "gui/widgets/wrappedtext.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr int CallLimitMs = 30000; // a digest may have to be computed from many entries
// How much is alike before the first difference without being left out, and how much is shown if it is.
constexpr qsizetype AlikeCharacters = 500;
constexpr qsizetype ContextCharacters = 100;

bool isMessage(const QString &key)
{
    return key == "message"_L1 || key == "message_base64"_L1;
}

QString textOf(const QJsonValue &value)
{
    return value.isObject()
               ? QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact))
               : value.toVariant().toString();
}

QString messageOf(const QJsonObject &document)
{
    const QJsonValue encoded = document.value("message_base64"_L1);
    return (encoded.isString() ? encoded : document.value("message"_L1)).toString();
}

// How many characters are left out of both, because they are alike long before the first difference.
qsizetype leftOut(const QString &one, const QString &other)
{
    const auto differs = std::mismatch(one.cbegin(), one.cend(), other.cbegin(), other.cend()).first;
    const qsizetype alike = differs - one.cbegin();
    if (alike <= AlikeCharacters || (alike == one.size() && alike == other.size()))
        return 0;
    const qsizetype begin = alike - ContextCharacters;
    return one[begin].isLowSurrogate() ? begin - 1 : begin;
}

// The fields of the API, a line each, and the message below them, in so far as they are not like the other's.
QString described(const QJsonObject &document, const QJsonObject &other)
{
    QString text;
    for (auto it = document.begin(); it != document.end(); ++it) {
        if (isMessage(it.key()))
            continue;
        const QString value = textOf(*it);
        const qsizetype begin = leftOut(value, textOf(other.value(it.key())));
        text += PlainText::oneLine(it.key()) + u": "_s + (begin > 0 ? u"…"_s : QString()) +
                PlainText::oneLine(value.sliced(begin)) + u'\n';
    }
    const QString message = messageOf(document);
    const qsizetype begin = leftOut(message, messageOf(other));
    if (begin > 0)
        text += u'\n' + CompareDialog::tr("… the first %L1 characters are alike").arg(begin) + u'\n';
    return text + u'\n' + message.sliced(begin);
}
} // namespace

CompareDialog::CompareDialog(ClusterSession &session, QWidget *parent)
    : QDialog(parent), m_session(session),
      m_comparison(
          [&session](const QString &node, const QString &path, QObject *context, NodeComparison::Done done) {
              session.call(node, "GET", path, {}, CallLimitMs, context, std::move(done));
          }),
      m_one(new QComboBox(this)), m_other(new QComboBox(this)),
      m_compare(new QPushButton(tr("&Compare"), this)), m_said(new WrappedText(this))
{
    setObjectName(u"compareDialog"_s);
    setWindowTitle(tr("Compare Two Nodes"));
    auto *const column = new QVBoxLayout(this);
    auto *const intro =
        new PlainLabel(tr("Finds the first message in which the logs of two nodes differ."), this);
    intro->setWordWrap(true);
    column->addWidget(intro);
    auto *const form = new QFormLayout;
    m_one->setObjectName(u"compareOne"_s);
    m_other->setObjectName(u"compareOther"_s);
    form->addRow(tr("&One node:"), m_one);
    form->addRow(tr("&Another node:"), m_other);
    column->addLayout(form);
    for (const NodeInfo &node : session.model().nodes()) {
        m_one->addItem(PlainText::oneLine(node.name), node.name);
        m_other->addItem(PlainText::oneLine(node.name), node.name);
    }
    m_other->setCurrentIndex(m_other->count() - 1);
    m_said->setObjectName(u"compareResult"_s);
    column->addWidget(m_said);
    auto *const both = new QHBoxLayout;
    for (LongTextView *&text : m_texts) {
        text = new LongTextView(this);
        text->hide();
        both->addWidget(text);
    }
    column->addLayout(both, 1);
    auto *const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_compare->setObjectName(u"compare"_s);
    buttons->addButton(m_compare, QDialogButtonBox::ActionRole);
    m_compare->setDefault(true);
    connect(m_compare, &QPushButton::clicked, this, &CompareDialog::start);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);
    connect(&m_comparison, &NodeComparison::progressed, this, [this](quint64 from, quint64 to) {
        say(tr("They differ; looking between %L1 and %L2…").arg(from).arg(to));
    });
    connect(&m_comparison, &NodeComparison::same, this, [this](quint64 last) {
        say(tr("Up to message %L1, which is the last that both hold, they are the same.").arg(last));
        m_compare->setEnabled(true);
    });
    connect(&m_comparison, &NodeComparison::sharesNothing, this, [this] {
        say(tr("There is no message that both nodes keep."));
        m_compare->setEnabled(true);
    });
    connect(&m_comparison, &NodeComparison::differsBefore, this, [this](quint64 first) {
        say(tr("They differ before message %L1, in messages that are not kept any more.").arg(first));
        m_compare->setEnabled(true);
    });
    connect(&m_comparison, &NodeComparison::failed, this, [this](const QString &error) {
        say(PlainText::oneLine(error));
        m_compare->setEnabled(true);
    });
    connect(&m_comparison, &NodeComparison::differs, this, &CompareDialog::showDifference);
    setMinimumWidth(fontMetrics().averageCharWidth() * 60);
}

void CompareDialog::start()
{
    for (LongTextView *text : m_texts)
        text->hide();
    const NodeInfo *one = m_session.model().node(m_one->currentData().toString());
    const NodeInfo *other = m_session.model().node(m_other->currentData().toString());
    if (!one || !other || one == other) {
        say(tr("Choose two nodes."));
        return;
    }
    for (const NodeInfo *node : {one, other}) {
        if (!node->isHeard()) {
            say(node->stranger.isEmpty()
                    ? tr("%1 does not answer.").arg(PlainText::oneLine(node->name))
                    : tr("%1: %2").arg(PlainText::oneLine(node->name), PlainText::oneLine(node->stranger)));
            return;
        }
    }
    m_compare->setEnabled(false);
    say(tr("Comparing…"));
    m_comparison.start(one->name, other->name, std::max(one->firstId, other->firstId),
                       std::min(one->lastId, other->lastId));
}

void CompareDialog::showDifference(quint64 id, const ComparedMessage &one, const ComparedMessage &other)
{
    m_compare->setEnabled(true);
    const bool areRead = one.error.isEmpty() && other.error.isEmpty();
    say(areRead && one.document == other.document
            ? tr("Message %L1 is the first that differs, in what the lists of the nodes do not tell: its "
                 "write concern or its idempotency key.")
                  .arg(id)
            : tr("Message %L1 is the first that differs.").arg(id));
    const auto fill = [](LongTextView *text, const QString &node, const ComparedMessage &message,
                         const QJsonObject &compared) {
        const QString error = PlainText::oneLine(message.error);
        text->showText(node + u'\n' +
                       (error.isEmpty() ? described(message.document, compared)
                                        : tr("It could not be read there: %1").arg(error)));
        text->setAccessibleName(node);
        text->show();
    };
    fill(m_texts[0], m_one->currentText(), one, other.document);
    fill(m_texts[1], m_other->currentText(), other, one.document);
    adjustSize();
    emit shown(id);
}

void CompareDialog::say(const QString &text)
{
    m_said->setText(text);
}

} // namespace replog
