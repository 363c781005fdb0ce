// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/textjudge.h"

namespace replog {

namespace {

constexpr int MostGivenUp = 8; // of one batch, at some 30 ms each

} // namespace

TextJudge::TextJudge(QObject *parent) : QObject(parent)
{
    m_worker.moveToThread(&m_thread);
    m_thread.setObjectName(QStringLiteral("search"));
    m_thread.start();
}

TextJudge::~TextJudge()
{
    ++m_generation;
    m_thread.quit();
    m_thread.wait();
}

void TextJudge::setQuery(const QString &text)
{
    ++m_generation;
    QMetaObject::invokeMethod(
        &m_worker, [this, text] { m_query = LogQuery::parse(text); }, Qt::QueuedConnection);
}

void TextJudge::judge(const QList<LogMessage> &messages)
{
    const auto work = [this, messages, generation = m_generation.load()] {
        const QList<LogQuery::Answer> answers = answersFor(messages, generation);
        const auto tell = [this, messages, answers, generation] {
            if (generation == m_generation)
                emit judged(messages, answers);
        };
        QMetaObject::invokeMethod(this, tell, Qt::QueuedConnection);
    };
    QMetaObject::invokeMethod(&m_worker, work, Qt::QueuedConnection);
}

// An expression on which the search gives up takes its full time on each message: it is not tried on all of a
// batch.
QList<LogQuery::Answer> TextJudge::answersFor(const QList<LogMessage> &messages, quint64 generation)
{
    QList<LogQuery::Answer> answers(messages.size(), LogQuery::Answer::Unknown);
    int givenUp = 0;
    for (qsizetype i = 0; i < messages.size() && givenUp < MostGivenUp; ++i) {
        if (generation != m_generation)
            break;
        answers[i] = m_query.matchesText(messages[i].text);
        if (answers[i] == LogQuery::Answer::Unknown)
            ++givenUp;
    }
    return answers;
}

} // namespace replog
