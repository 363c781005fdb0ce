// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/scenario/scenario.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

// Runs the histories in testdata/. With REPLOG_REWRITE=1 it writes the actual output into the files, for
// review.
class TestScenario : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void histories_data()
    {
        QTest::addColumn<QString>("path");
        const QDir folder(QStringLiteral(REPLOG_TESTDATA));
        const QStringList files = folder.entryList({u"*.txt"_s}, QDir::Files, QDir::Name);
        QVERIFY(!files.isEmpty());
        for (const QString &file : files)
            QTest::newRow(qPrintable(file.chopped(4))) << folder.filePath(file);
    }

    void histories()
    {
        QFETCH(QString, path);
        QFile file(path);
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.errorString()));
        const QString expected = QString::fromUtf8(file.readAll());
        file.close();
        Scenario scenario;
        const QString told = scenario.run(expected);
        if (qEnvironmentVariableIsSet("REPLOG_REWRITE")) {
            QVERIFY2(file.open(QIODevice::WriteOnly), qPrintable(file.errorString()));
            file.write(told.toUtf8());
        } else {
            const QStringList wantedLines = expected.split(u'\n');
            const QStringList toldLines = told.split(u'\n');
            for (qsizetype i = 0; i < toldLines.size(); ++i) {
                if (wantedLines.value(i) != toldLines[i])
                    QFAIL(qPrintable(u"line %1: told '%2', expected '%3'"_s.arg(i + 1).arg(
                        toldLines[i], wantedLines.value(i))));
            }
            QCOMPARE(told, expected);
        }
        QVERIFY2(scenario.violation().isEmpty(), qPrintable(scenario.violation()));
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestScenario)
#include "tst_scenario.moc"
