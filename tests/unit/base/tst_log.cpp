// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/log.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

using namespace replog;
using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcTest, "replog.test")

namespace {

QString expensive()
{
    qFatal("formatted although the category is off");
    return {};
}

} // namespace

class TestLog : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void writesText()
    {
        const QString message = u"registered "_s + logField(u"node", u"s 1") + u' ' + logField(u"last_id", 7);
        QCOMPARE(logLine(LogFormat::Text, QtInfoMsg, "replog.master", message, 0),
                 QByteArray("1970-01-01T00:00:00.000Z info    master: registered node=\"s 1\" last_id=7"));
    }

    void writesJson()
    {
        const QString message = u"bad \"answer\" "_s + logField(u"error", u"a=b\nc");
        const QByteArray line = logLine(LogFormat::Json, QtWarningMsg, "replog.master", message, 1);
        QVERIFY(!line.contains('\n'));
        const QJsonObject object = QJsonDocument::fromJson(line).object();
        QCOMPARE(object.value(u"message"_s).toString(), u"bad \"answer\""_s);
        QCOMPARE(object.value(u"error"_s).toString(), u"a=b\nc"_s);
        QCOMPARE(object.value(u"level"_s).toString(), u"warning"_s);
        QCOMPARE(object.value(u"time"_s).toString(), u"1970-01-01T00:00:00.001Z"_s);
    }

    // Text of a peer cannot forge a line of the log.
    void staysOnOneLine()
    {
        const QString evil = u"x\n2026-01-01T00:00:00.000Z error master: forged\x1f"_s;
        for (const LogFormat format : {LogFormat::Text, LogFormat::Json}) {
            const QByteArray line = logLine(format, QtInfoMsg, "c", evil + logField(u"v", evil), 0);
            QVERIFY(!line.contains('\n'));
        }
    }

    // Long texts of a peer are cut.
    void cutsLongValues()
    {
        QCOMPARE(logField(u"error", QString(500, u'x')).size(), logField(u"error", u"").size() + 500);
        const QString cut = logField(u"error", QString(900000, u'x'));
        QCOMPARE(cut.size(), logField(u"error", u"").size() + 500);
        QVERIFY(cut.endsWith(u"x\u2026"_s));
        const QString pairs = QString(498, u'x') + u"\U0001F600\U0001F600"_s;
        QVERIFY(logField(u"error", pairs).endsWith(u"x\u2026"_s));
    }

    void costsNothingWhenOff()
    {
        installLogging(LogFormat::Text, LogLevel::Warning);
        QVERIFY(!lcTest().isInfoEnabled());
        QVERIFY(lcTest().isWarningEnabled());
        qCInfo(lcTest) << expensive();
        qCDebug(lcTest) << expensive();
        installLogging(LogFormat::Text, LogLevel::Debug);
        QVERIFY(lcTest().isDebugEnabled());
        installLogging(LogFormat::Text, LogLevel::Error);
        QVERIFY(!lcTest().isWarningEnabled());
        qInstallMessageHandler(nullptr);
        QLoggingCategory::setFilterRules({});
    }

    void knowsNames()
    {
        QCOMPARE(logFormatOf(u"json"_s), LogFormat::Json);
        QCOMPARE(logLevelOf(u"debug"_s), LogLevel::Debug);
        QCOMPARE(logLevelOf(u"info"_s), LogLevel::Info);
        QCOMPARE(logLevelOf(u"warning"_s), LogLevel::Warning);
        QCOMPARE(logLevelOf(u"error"_s), LogLevel::Error);
    }
};

QTEST_GUILESS_MAIN(TestLog)
#include "tst_log.moc"
