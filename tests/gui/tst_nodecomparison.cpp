// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/nodeclient.h"
#include "gui/compare/nodecomparison.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <QUrl>
#include <QUrlQuery>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// A node as far as a comparison asks it: a log of texts that may have lost its beginning.
struct Node
{
    QStringList messages; // of ids 1, 2 …
    quint64 firstId = 1;
    enum class Lists { Messages, Nothing, Refuses } lists = Lists::Messages;

    CallResult answer(const QString &path) const
    {
        const QUrl url(path);
        const QUrlQuery query(url);
        if (url.path() == u"/api/v1/digest"_s) {
            const quint64 to = query.queryItemValue(u"to"_s).toULongLong();
            if (to + 1 < firstId)
                return refusal(410, "the oldest entry kept is later");
            if (to > quint64(messages.size()))
                return refusal(404, "the log ends before");
            const QString all = messages.first(qsizetype(to)).join(u'\n');
            const QByteArray digest =
                QCryptographicHash::hash(all.toUtf8(), QCryptographicHash::Sha256).toHex();
            return document({{u"digest"_s, QString::fromLatin1(digest)}});
        }
        const quint64 id = query.queryItemValue(u"from"_s).toULongLong();
        if (lists == Lists::Refuses)
            return refusal(503, "busy");
        if (lists == Lists::Nothing)
            return document({{u"messages"_s, QJsonArray()}});
        if (query.queryItemValue(u"view"_s) != u"all"_s || id < firstId || id > quint64(messages.size()))
            return refusal(404, "not shown");
        const QJsonObject message{{u"id"_s, qint64(id)}, {u"message"_s, messages[qsizetype(id - 1)]}};
        return document({{u"messages"_s, QJsonArray{message}}});
    }

    static CallResult document(const QJsonObject &object)
    {
        CallResult result;
        result.status = 200;
        result.body = QJsonDocument(object).toJson();
        return result;
    }
    static CallResult refusal(int status, const char *error)
    {
        CallResult result;
        result.status = status;
        result.error = QString::fromLatin1(error);
        return result;
    }
};

QStringList numbered(int count)
{
    QStringList all;
    for (int i = 1; i <= count; ++i)
        all.append(u"message %1"_s.arg(i));
    return all;
}

} // namespace

// The first id at which two logs differ.
class TestNodeComparison : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void findsTheFirst_data()
    {
        QTest::addColumn<int>("at");
        for (const int at : {1, 2, 3, 499, 500, 501, 999, 1000})
            QTest::addRow("%d", at) << at;
    }
    void findsTheFirst()
    {
        QFETCH(int, at);
        m_one = {numbered(1000)};
        m_other = {numbered(1200)};
        for (int i = at; i <= 1000; i += 7)
            m_other.messages[i - 1] = u"another"_s;
        compare(1, 1000);
        QCOMPARE(m_said, u"differs at %1"_s.arg(at));
        QCOMPARE(m_texts, (QStringList{u"message %1"_s.arg(at), u"another"_s}));
        QVERIFY2(m_asked < 30, qPrintable(QString::number(m_asked)));
    }

    void saysWhatIsTheSame()
    {
        m_one = {numbered(50)};
        m_other = {numbered(70)};
        compare(1, 50);
        QCOMPARE(m_said, u"same up to 50"_s);
    }

    void alsoWhereTheBeginningIsGone()
    {
        m_one = {numbered(50), 10};
        m_other = {numbered(70), 20};
        compare(20, 50);
        QCOMPARE(m_said, u"same up to 50"_s);
        m_other.messages[19] = u"another"_s;
        compare(20, 50);
        QCOMPARE(m_said, u"differs at 20"_s);
    }

    // The first that both keep is not the first that differs.
    void aDifferenceBeforeWhatIsKept()
    {
        m_one = {numbered(50), 10};
        m_other = {numbered(50), 10};
        m_other.messages[4] = u"another"_s;
        compare(10, 50);
        QCOMPARE(m_said, u"differs before 10"_s);
    }

    void nothingInCommon()
    {
        m_one = {numbered(50)};
        m_other = {numbered(200), 100};
        compare(100, 50);
        QCOMPARE(m_said, u"shares nothing"_s);
        QCOMPARE(m_asked, 0);
    }

    // Retention went on meanwhile.
    // What cannot be read is no empty message.
    void aTextThatCannotBeReadSaysWhy()
    {
        m_one = {numbered(5)};
        m_other = {numbered(5)};
        m_other.messages[2] = u"another"_s;
        m_one.lists = Node::Lists::Refuses;
        compare(1, 5);
        QCOMPARE(m_said, u"differs at 3"_s);
        QCOMPARE(m_texts, (QStringList{u"busy"_s, u"another"_s}));
        m_other.lists = Node::Lists::Nothing;
        compare(1, 5);
        QCOMPARE(m_texts, (QStringList{u"busy"_s, u"It lists no message there."_s}));
    }

    void aNodeThatRefusesIsNamed()
    {
        m_one = {numbered(50), 30};
        m_other = {numbered(50)};
        m_other.messages[40] = u"another"_s;
        compare(10, 50);
        QCOMPARE(m_said, u"failed: the oldest entry kept is later"_s);
    }

private:
    void compare(quint64 first, quint64 last)
    {
        m_said.clear();
        m_texts.clear();
        m_asked = 0;
        NodeComparison comparison(
            [this](const QString &node, const QString &path, QObject *, const NodeComparison::Done &done) {
                ++m_asked;
                done((node == u"one"_s ? m_one : m_other).answer(path));
            });
        connect(&comparison, &NodeComparison::same, this,
                [this](quint64 id) { say(u"same up to %1"_s.arg(id)); });
        connect(&comparison, &NodeComparison::sharesNothing, this, [this] { say(u"shares nothing"_s); });
        connect(&comparison, &NodeComparison::differsBefore, this,
                [this](quint64 id) { say(u"differs before %1"_s.arg(id)); });
        connect(&comparison, &NodeComparison::failed, this,
                [this](const QString &error) { say(u"failed: "_s + error); });
        connect(&comparison, &NodeComparison::differs, this,
                [this](quint64 id, const ComparedMessage &one, const ComparedMessage &other) {
                    say(u"differs at %1"_s.arg(id));
                    m_texts = {one.document[u"message"_s].toString() + one.error,
                               other.document[u"message"_s].toString() + other.error};
                });
        comparison.start(u"one"_s, u"other"_s, first, last);
    }
    // One signal a comparison.
    void say(const QString &what) { m_said += what; }

    Node m_one;
    Node m_other;
    QString m_said;
    QStringList m_texts;
    int m_asked = 0;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestNodeComparison)
#include "tst_nodecomparison.moc"
