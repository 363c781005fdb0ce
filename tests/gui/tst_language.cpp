// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/runrecord.h"
#include "gui/theme/language.h"

#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

using namespace Qt::StringLiterals;
using namespace replog;

class LanguageTest : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void everyTextIsTranslated_data();
    void everyTextIsTranslated();
    void pluralsAreRight_data();
    void pluralsAreRight();
    void placeholdersAreKept();
    void whatIsWrongWithAClusterRecordIsTranslated();
};

void LanguageTest::everyTextIsTranslated_data()
{
    QTest::addColumn<QString>("file");
    QTest::newRow("Ukrainian") << u"replog_uk.ts"_s;
    QTest::newRow("English plurals") << u"replog_en.ts"_s;
}

void LanguageTest::everyTextIsTranslated()
{
    QFETCH(QString, file);
    QFile texts(QStringLiteral(REPLOG_RESOURCES "/translations/") + file);
    QVERIFY(texts.open(QIODevice::ReadOnly));
    QXmlStreamReader xml(&texts);
    QString source;
    int count = 0;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        if (xml.name() == "source"_L1) {
            source = xml.readElementText();
        } else if (xml.name() == "translation"_L1) {
            ++count;
            QVERIFY2(!xml.attributes().hasAttribute("type"_L1), qPrintable(source));
        }
    }
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QVERIFY(count > 5);
}

void LanguageTest::pluralsAreRight_data()
{
    QTest::addColumn<int>("language");
    QTest::addColumn<int>("number");
    QTest::addColumn<QString>("text");
    const int english = int(Language::Choice::English), ukrainian = int(Language::Choice::Ukrainian);
    QTest::newRow("en 1") << english << 1 << u"1 step went as expected."_s;
    QTest::newRow("en 9") << english << 9 << u"All 9 steps went as expected."_s;
    QTest::newRow("uk 1") << ukrainian << 1 << u"1 крок пройшов, як очікувалося."_s;
    QTest::newRow("uk 3") << ukrainian << 3 << u"Усі 3 кроки пройшли, як очікувалося."_s;
    QTest::newRow("uk 9") << ukrainian << 9 << u"Усі 9 кроків пройшли, як очікувалося."_s;
    QTest::newRow("uk 12") << ukrainian << 12 << u"Усі 12 кроків пройшли, як очікувалося."_s;
    QTest::newRow("uk 22") << ukrainian << 22 << u"Усі 22 кроки пройшли, як очікувалося."_s;
}

void LanguageTest::pluralsAreRight()
{
    QFETCH(int, language);
    QFETCH(int, number);
    const Language installed{Language::Choice(language)};
    QTEST(
        QCoreApplication::translate("replog::WalkPanel", "All %n step(s) went as expected.", nullptr, number),
        "text");
}

void LanguageTest::placeholdersAreKept()
{
    QFile texts(QStringLiteral(REPLOG_RESOURCES "/translations/replog_uk.ts"));
    QVERIFY(texts.open(QIODevice::ReadOnly));
    const auto placeholders = [](const QString &text) {
        static const QRegularExpression pattern(u"%L?\\d|%n"_s);
        QStringList found;
        for (auto it = pattern.globalMatch(text); it.hasNext();)
            found.append(it.next().captured());
        found.sort();
        return found;
    };
    QXmlStreamReader xml(&texts);
    QString source;
    bool hasForms = false; // one text for each plural form
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        if (xml.name() == "message"_L1) {
            hasForms = xml.attributes().hasAttribute("numerus"_L1);
        } else if (xml.name() == "source"_L1) {
            source = xml.readElementText();
        } else if (xml.name() == "numerusform"_L1) {
            const QString form = xml.readElementText();
            QVERIFY2(placeholders(form) == placeholders(source), qPrintable(form));
        } else if (xml.name() == "translation"_L1 && !hasForms) {
            const QString text = xml.readElementText();
            QVERIFY2(placeholders(text) == placeholders(source), qPrintable(text));
            QVERIFY2(text.count(u'&') == source.count(u'&'), qPrintable(text));
        }
    }
}

// What is wrong with a file that the dashboard reads is said in its language, not in that of nodes and tools.
void LanguageTest::whatIsWrongWithAClusterRecordIsTranslated()
{
    const Language installed{Language::Choice::Ukrainian};
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"cluster.json"_s);
    for (const char *const text : {"", "[]", "{}", R"({"folder":"/x","nodes":[]})",
                                   R"({"folder":"/x","nodes":[{"name":"a/b","role":"master"}]})"}) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        const Result<RunRecord> record = RunRecord::read(path);
        QVERIFY(!record);
        QString said = record.error().text;
        QVERIFY2(said.startsWith(path), qPrintable(said));
        said.remove(path);
        static const QRegularExpression ukrainian(u"[а-яіїє]{3}"_s);
        QVERIFY2(said.contains(ukrainian), qPrintable(said));
    }
    const Result<RunRecord> none = RunRecord::read(folder.filePath(u"none.json"_s));
    QVERIFY(!none);
    QVERIFY2(none.error().text.startsWith(u"не вдалося прочитати"_s), qPrintable(none.error().text));
}

QTEST_GUILESS_MAIN(LanguageTest)
#include "tst_language.moc"
