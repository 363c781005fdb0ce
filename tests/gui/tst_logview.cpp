// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/details/messagepanel.h"
#include "gui/matrix/logfooter.h"
#include "gui/matrix/logmodel.h"
#include "gui/matrix/logtable.h"
#include "gui/matrix/logview.h"
#include "gui/waits/waitsmodel.h"
#include "gui/waits/waitsview.h"
#include "gui/widgets/elidedlabel.h"
#include "gui/widgets/longtextview.h"
#include "gui/widgets/wrappedtext.h"
#include "tests/gui/windowstage.h"

#include <QCheckBox>
#include <QClipboard>
#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace replog;
using namespace replog::test;

namespace {

// The window with a log of so many messages.
struct LogStage : Stage
{
    explicit LogStage(quint64 messages) { fake.fill(messages); }

    // Waits until its matrix has so many rows.
    bool open(int shown)
    {
        return Stage::open() &&
               QTest::qWaitFor([&] { return log()->model()->rowCount() == shown; }, Patience);
    }
    void typeGoTo(const QString &id)
    {
        auto *edit = find<QLineEdit>(u"goToEdit"_s);
        edit->clear();
        edit->setFocus();
        QTest::keyClicks(edit, id);
        QTest::keyClick(edit, Qt::Key_Return);
    }
};

} // namespace

// The log matrix in the window: long logs, search, copy, export, and failing reads.
class TestLogView : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        failOnEveryWarning();
        QSettings().clear();
    }

    void aLongLogIsFetchedAsItIsSeen()
    {
        LogStage stage(1'000'000);
        QVERIFY(stage.open(1'000'000));
        LogView *log = stage.log();
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->index(999'999, LogModel::TextColumn).data().toString(),
                                  u"message 1000000"_s, Patience);
        QVERIFY(stage.fake.reads < 10);
        QVERIFY(stage.find<QCheckBox>(u"follow"_s)->isChecked());

        // Go to an id with the keyboard.
        stage.typeGoTo(u"123456"_s);
        QCOMPARE(log->table()->currentIndex().row(), 123'455);
        QVERIFY(!stage.find<QCheckBox>(u"follow"_s)->isChecked());
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->index(123'455, LogModel::TextColumn).data().toString(),
                                  u"message 123456"_s, Patience);

        // Scrolled away from the end: appends must not move the view, neither at once nor after the new
        // layout, which the scroll bar's new range shows. A late move because of the first ten would be
        // visible after the second ten.
        QScrollBar *bar = log->table()->verticalScrollBar();
        const int before = bar->value();
        const int range = bar->maximum();
        QSignalSpy moved(bar, &QScrollBar::valueChanged);
        for (int more : {10, 20}) {
            stage.fake.fill(1'000'000 + quint64(more));
            QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 1'000'000 + more, Patience);
            QTRY_COMPARE_WITH_TIMEOUT(bar->maximum(), range + more * log->table()->rowHeight(0), Patience);
        }
        QCOMPARE(bar->value(), before);
        QVERIFY(moved.isEmpty());
        QTest::keyClick(log->table(), Qt::Key_End, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(stage.find<QCheckBox>(u"follow"_s)->isChecked(), Patience);

        stage.typeGoTo(u"5000000"_s);
        QVERIFY(stage.window().noticeText(u"goTo"_s).contains(u"the log ends at"));
        QVERIFY(log->pages().pageCount() <= MessagePages::PageLimit);
    }

    void aLogTooLongForATableSaysSo()
    {
        LogStage stage(20'000'100);
        QVERIFY(stage.open(20'000'000));
        LogView *log = stage.log();
        QCOMPARE(log->model()->idAt(0), 101ULL);
        const auto *status = stage.find<QLabel>(u"logStatus"_s);
        QTRY_VERIFY_WITH_TIMEOUT(status->text().contains(u"the newest 20,000,000 are shown"), Patience);
        stage.typeGoTo(u"100"_s);
        QVERIFY(stage.window().noticeText(u"goTo"_s).contains(u"not among the newest 20,000,000"));
        stage.typeGoTo(u"101"_s);
        QVERIFY(stage.window().noticeText(u"goTo"_s).isEmpty());
        QCOMPARE(log->table()->currentIndex().row(), 0);
    }

    // With retention the log does not begin at 1.
    void aTrimmedLogIsReadFromItsOldestEntry()
    {
        LogStage stage(3000);
        stage.fake.trim(2204);
        QVERIFY(stage.open(797));
        LogView *log = stage.log();
        stage.typeGoTo(u"2204"_s);
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->index(0, LogModel::TextColumn).data().toString(),
                                  u"message 2204"_s, Patience);
        QVERIFY(stage.window().noticeText(u"pages"_s).isEmpty());
        const auto *status = stage.find<QLabel>(u"logStatus"_s);
        QVERIFY2(status->text().contains(u"797 messages"), qPrintable(status->text()));
        QVERIFY2(status->text().contains(u"kept from 2,204 on"), qPrintable(status->text()));
        QVERIFY2(!status->text().contains(u"the newest"), qPrintable(status->text()));
        stage.typeGoTo(u"2203"_s);
        QVERIFY(stage.window().noticeText(u"goTo"_s).contains(u"the log begins at 2204"));

        const QTemporaryDir folder;
        const QString path = folder.filePath(u"log.jsonl"_s);
        log->exportTo(path, LogExporter::Format::JsonLines);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(path), Patience);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray exported = file.readAll();
        QCOMPARE(exported.count('\n'), 797);
        QVERIFY(exported.contains("\"message 2204\""));

        log->setFilter(u"message 2"_s);
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 796, Patience);
        QVERIFY2(!status->text().contains(u"earched"), qPrintable(status->text()));
        // More is trimmed: the hits go with the rows.
        stage.fake.trim(2990);
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 10, Patience);
        QTRY_VERIFY_WITH_TIMEOUT(status->text().contains(u"10 matches"), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(status->text().contains(u"11 messages"), Patience);
    }

    void filtersByText()
    {
        LogStage stage(20'000);
        QVERIFY(stage.open(20'000));
        LogView *log = stage.log();
        auto *edit = stage.find<QLineEdit>(u"filterEdit"_s);
        edit->setFocus();
        QTest::keyClicks(edit, u"MESSAGE 1999"_s);
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 11, Patience); // 1999 and 19990 to 19999
        QCOMPARE(log->model()->idAt(0), 1999ULL);
        QCOMPARE(log->model()->idAt(10), 19'999ULL);
        const QTemporaryDir folder;
        log->exportTo(folder.filePath(u"found.csv"_s), LogExporter::Format::Csv);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(folder.filePath(u"found.csv"_s)), Patience);
        QFile file(folder.filePath(u"found.csv"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count("\r\n"), 12);
        edit->clear();
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 20'000, Patience);
    }

    void copiesWhatIsSelected()
    {
        LogStage stage(1000);
        QVERIFY(stage.open(1000));
        LogView *log = stage.log();
        QVERIFY(log->goTo(300));
        log->table()->selectionModel()->select(log->model()->index(4, 0),
                                               QItemSelectionModel::Select | QItemSelectionModel::Rows);
        QApplication::clipboard()->clear();
        log->copySelected();
        QTRY_COMPARE_WITH_TIMEOUT(QApplication::clipboard()->text(), u"5\tmessage 5\n300\tmessage 300\n"_s,
                                  Patience);
    }

    void columnsAreChosen()
    {
        const auto shown = [](LogStage &stage, int column) {
            return !stage.log()->table()->isColumnHidden(column) &&
                   stage.log()->table()->columnWidth(column) > 0;
        };
        {
            LogStage stage(3);
            stage.fake.setExtra([](quint64 id) {
                return id == 2 ? QJsonObject{{u"message_base64"_s, u"/wD+"_s}, {u"type"_s, u"image/x"_s}}
                               : QJsonObject();
            });
            stage.fake.waits[3] = {{}, 3, 3, 1, {u"s1"_s, u"s2"_s}};
            QVERIFY(stage.open(3));
            for (int column = LogModel::TimeColumn; column <= LogModel::ConcernColumn; ++column)
                QVERIFY(!shown(stage, column));
            for (const QString &name : {u"time"_s, u"size"_s, u"type"_s, u"w"_s})
                stage.action(u"column-"_s + name)->trigger();
            for (int column = LogModel::TimeColumn; column <= LogModel::ConcernColumn; ++column)
                QVERIFY(shown(stage, column));
            const LogModel *log = stage.log()->model();
            const auto text = [&](int row, int column) { return log->index(row, column).data().toString(); };
            // Bytes that are not UTF-8 are marked, and the search finds their readable part.
            QTRY_COMPARE_WITH_TIMEOUT(text(1, LogModel::TextColumn), u"(binary, 3 bytes) \uFFFD\0\uFFFD"_s,
                                      Patience);
            QVERIFY(log->index(1, LogModel::TextColumn).data(LogModel::BinaryRole).toBool());
            QVERIFY(!log->index(0, LogModel::TextColumn).data(LogModel::BinaryRole).toBool());
            QCOMPARE(text(1, LogModel::SizeColumn), u"3 bytes"_s);
            QCOMPARE(text(1, LogModel::TypeColumn), u"image/x"_s);
            QCOMPARE(text(0, LogModel::TypeColumn), QString());
            QCOMPARE(text(0, LogModel::SizeColumn), u"9 bytes"_s);
            QVERIFY(text(0, LogModel::TimeColumn).endsWith(u"073"_s));
            QTRY_COMPARE_WITH_TIMEOUT(text(2, LogModel::ConcernColumn), u"3"_s, Patience);
            QCOMPARE(text(1, LogModel::ConcernColumn), QString());
            stage.window().grab();
            stage.action(u"column-size"_s)->trigger();
            QVERIFY(!shown(stage, LogModel::SizeColumn));
        }
        // The choice is stored by name.
        LogStage again(3);
        QVERIFY(again.open(3));
        QVERIFY(shown(again, LogModel::TimeColumn));
        QVERIFY(!shown(again, LogModel::SizeColumn));
        QVERIFY(again.action(u"column-w"_s)->isChecked());
    }

    void tellsWhenMessagesCannotBeRead()
    {
        Stage stage;
        stage.fake.failReads = true;
        stage.fake.fill(10);
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"pages"_s).contains(u"the disk is on fire"),
                                 Patience);
        stage.fake.failReads = false;
        QTRY_VERIFY_WITH_TIMEOUT(stage.window().noticeText(u"pages"_s).isEmpty(), Patience);
        QCOMPARE(stage.log()->model()->index(9, LogModel::TextColumn).data().toString(), u"message 10"_s);
    }

    // The filter shows what waits now, not what waited once.
    void whatWaitsIsFoundAsLongAsItWaits()
    {
        LogStage stage(100);
        stage.fake.waits[7] = {{}, 7, 3, 1, {u"s1"_s, u"s2"_s}};
        stage.fake.waits[9] = {{}, 9, 2, 1, {u"s1"_s}};
        QVERIFY(stage.open(100));
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().waits().size(), 2, Patience);
        LogView *log = stage.log();
        const auto *status = stage.find<QLabel>(u"logStatus"_s);
        log->setFilter(u"waiting"_s);
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 2, Patience);
        log->setFilter(u"w>2 message"_s);
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 1, Patience);
        QCOMPARE(log->model()->idAt(0), 7ULL);
        stage.fake.waits[5] = {{}, 5, 3, 1, {u"s1"_s, u"s2"_s}};
        stage.fake.publish();
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 2, Patience);
        QCOMPARE(log->model()->idAt(0), 5ULL);
        QTRY_VERIFY_WITH_TIMEOUT(status->text().contains(u"2 matches"), Patience);
        stage.fake.waits.clear();
        stage.fake.publish();
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 0, Patience);
        QTRY_VERIFY_WITH_TIMEOUT(status->text().contains(u"0 matches"), Patience);
    }

    // The panel follows its message: more nodes hold it, another master has another one at its place.
    void theMessagePanelFollowsItsMessage()
    {
        LogStage stage(0);
        stage.fake.master().lastId = 1;
        stage.fake.master().committedId = 1;
        QVERIFY(stage.open(1));
        stage.window().showPanel(u"message"_s);
        QVERIFY(stage.log()->goTo(1));
        const auto *facts = stage.find<WrappedText>(u"messageFacts"_s);
        const auto *text = stage.find<LongTextView>(u"messageText"_s);
        QTRY_VERIFY2_WITH_TIMEOUT(facts->text().contains(u"Acks: 1, satisfied"), qPrintable(facts->text()),
                                  Patience);
        stage.fake.setHeld(u"s1"_s, 1);
        QTRY_VERIFY2_WITH_TIMEOUT(facts->text().contains(u"Acks: 2, satisfied"), qPrintable(facts->text()),
                                  Patience);
        QVERIFY(text->toPlainText().contains(u"message 1"));
        stage.fake.setText([](quint64) { return u"of another master"_s; });
        ++stage.fake.epoch;
        stage.fake.publish();
        QTRY_COMPARE_WITH_TIMEOUT(text->toPlainText(), u"of another master"_s, Patience);
    }

    // Without its master the panel shows what the secondary holds, and no figure that it does not know.
    void theMessagePanelReadsWhatIsNotCommitted()
    {
        LogStage stage(3);
        QVERIFY(stage.open(3));
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) && stage.model().node(u"s1"_s)->isHeard(),
                                 Patience);
        stage.fake.setHeld(u"s1"_s, 4);
        stage.fake.setUp(u"M"_s, false);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().reader(), u"s1"_s, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stage.log()->model()->rowCount(), 4, Patience);
        stage.fake.node(u"s1"_s).committedId = 3;
        stage.window().showPanel(u"message"_s);
        QVERIFY(stage.log()->goTo(4));
        const auto *facts = stage.find<WrappedText>(u"messageFacts"_s);
        QTRY_VERIFY2_WITH_TIMEOUT(facts->text().contains(u"Acks: known to the master alone"),
                                  qPrintable(facts->text()), Patience);
        QCOMPARE(stage.find<LongTextView>(u"messageText"_s)->toPlainText(), u"message 4"_s);
    }

    // What does not fit below the log ends with a sign.
    void theLineBelowTheLogIsElided()
    {
        LogStage stage(1'000'000);
        QVERIFY(stage.open(1'000'000));
        const auto *status = stage.find<ElidedLabel>(u"logStatus"_s);
        QTRY_VERIFY_WITH_TIMEOUT(status->text().contains(u"committed up to 1,000,000"), Patience);
        stage.window().resize(1600, 700);
        QTRY_COMPARE_WITH_TIMEOUT(status->shownText(), status->text(), Patience);
        auto *narrow = stage.find<ElidedLabel>(u"logStatus"_s);
        narrow->resize(narrow->fontMetrics().horizontalAdvance(u"1,000,000 messages  ·…"_s),
                       narrow->height());
        QVERIFY2(status->shownText().startsWith(u"1,000,000 mess") && status->shownText().endsWith(u'…'),
                 qPrintable(status->shownText()));
    }

    // In the smallest window that is promised what is known of the log is said whole, and the legend has the
    // words that there is room for.
    void whatIsKnownOfTheLogComesBeforeItsLegend()
    {
        for (const auto language : {Language::Choice::English, Language::Choice::Ukrainian}) {
            Stage stage({u"s1"_s, u"s2"_s, u"s3"_s}, language);
            stage.fake.fill(9);
            QVERIFY(stage.open());
            const auto *const status = stage.find<ElidedLabel>(u"logStatus"_s);
            const auto *const footer = stage.window().findChild<LogFooter *>();
            stage.window().resize(1600, 800);
            QTRY_COMPARE_WITH_TIMEOUT(footer->words(), 6, Patience);
            stage.window().resize(1024, 640);
            QTRY_COMPARE_WITH_TIMEOUT(stage.window().width(), 1024, Patience);
            QTRY_VERIFY_WITH_TIMEOUT(status->text().contains(u'9'), Patience);
            QTRY_COMPARE_WITH_TIMEOUT(status->shownText(), status->text(), Patience);
            QVERIFY(footer->words() >= 1 && footer->words() < 6);
            // A search says more.
            const int words = footer->words();
            stage.log()->setFilter(u"message 5"_s);
            QTRY_VERIFY_WITH_TIMEOUT(footer->words() < words, Patience);
            QTRY_COMPARE_WITH_TIMEOUT(status->shownText(), status->text(), Patience);
            QVERIFY(!stage.window().grab().isNull());
        }
    }

    void findsAndGoesFromHitToHit()
    {
        LogStage stage(1000);
        QVERIFY(stage.open(1000));
        LogView *log = stage.log();
        stage.action(u"onlyHitsAction"_s)->setChecked(false);
        log->setFilter(u"id:10..500 /e (1|2)00$/"_s);
        auto *status = stage.find<QLabel>(u"logStatus"_s);
        QTRY_VERIFY_WITH_TIMEOUT(status->text().contains(u"2 match"), Patience);
        QCOMPARE(log->model()->rowCount(), 1000); // with all other rows
        stage.action(u"findNextAction"_s)->trigger();
        QCOMPARE(log->model()->idAt(log->table()->currentIndex().row()), 100ULL);
        stage.action(u"findNextAction"_s)->trigger();
        QCOMPARE(log->model()->idAt(log->table()->currentIndex().row()), 200ULL);
        stage.action(u"findNextAction"_s)->trigger();
        QCOMPARE(log->model()->idAt(log->table()->currentIndex().row()), 100ULL); // the search wraps around
        stage.action(u"findPreviousAction"_s)->trigger();
        QCOMPARE(log->model()->idAt(log->table()->currentIndex().row()), 200ULL);
        stage.window().grab();
        stage.action(u"onlyHitsAction"_s)->setChecked(true);
        QCOMPARE(log->model()->rowCount(), 2);
        log->setFilter(u"/(/"_s); // an invalid expression is reported
        QVERIFY(status->text().contains(u"regular expression"));
        log->setFilter(u"id:x"_s);
        QVERIFY(status->text().contains(u"id:x"));
    }

    // One notice tells that no node is heard; failing reads add none.
    void aClusterAwayIsToldOnce()
    {
        LogStage stage(100'000);
        QVERIFY(stage.open(100'000));
        LogView *log = stage.log();
        stage.fake.failReads = true;
        QVERIFY(log->goTo(1000));
        QTRY_VERIFY_WITH_TIMEOUT(!stage.window().noticeText(u"pages"_s).isEmpty(), Patience);
        for (const QString &node : {u"s1"_s, u"s2"_s, u"M"_s})
            stage.fake.setUp(node, false);
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().reader().isEmpty(), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(!stage.window().noticeText(u"master"_s).isEmpty(), Patience);
        QVERIFY(stage.window().noticeText(u"pages"_s).isEmpty());
        // Reads go on failing without another notice.
        QSignalSpy failed(&log->pages(), &MessagePages::failed);
        QTRY_VERIFY_WITH_TIMEOUT(failed.size() >= 2, Patience);
        QVERIFY(stage.window().noticeText(u"pages"_s).isEmpty());
    }

    // Asked for twice, it goes on being followed.
    void theEndIsFollowedHoweverOftenItIsAskedFor()
    {
        LogStage stage(1000);
        QVERIFY(stage.open(1000));
        auto *const box = stage.find<QCheckBox>(u"follow"_s);
        QAction *const follow = stage.action(u"followAction"_s);
        QVERIFY(stage.log()->goTo(3));
        QVERIFY(!box->isChecked());
        for (int i = 0; i < 2; ++i) {
            follow->trigger();
            QVERIFY(stage.log()->table()->isFollowing());
            QVERIFY(box->isChecked());
            QVERIFY(follow->isChecked());
        }
        box->click();
        QVERIFY(!stage.log()->table()->isFollowing());
        QVERIFY(!follow->isChecked());
    }

    // Beyond what was committed another master may hold other messages, even if its log is longer at once.
    void whatWasFoundInALostLogIsNotFoundAnyMore()
    {
        LogStage stage(5);
        stage.fake.setText([](quint64 id) { return id > 5 ? u"LOST%1"_s.arg(id) : u"message"_s; });
        stage.fake.setHeld(u"M"_s, 7);
        QVERIFY(stage.open(7));
        LogView *log = stage.log();
        const auto *status = stage.find<QLabel>(u"logStatus"_s);
        log->setFilter(u"LOST"_s);
        QTRY_VERIFY_WITH_TIMEOUT(status->text().contains(u"2 matches"), Patience);
        QCOMPARE(log->model()->rowCount(), 2);
        stage.fake.setText([](quint64 id) { return id > 5 ? u"NEW%1"_s.arg(id) : u"message"_s; });
        ++stage.fake.epoch;
        stage.fake.fill(9);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().lastId(), 9ULL, Patience);
        QTRY_VERIFY2_WITH_TIMEOUT(status->text().contains(u"0 matches") && !status->text().contains(u'%'),
                                  qPrintable(status->text()), Patience);
        QCOMPARE(log->model()->rowCount(), 0);
        log->setFilter(u"NEW"_s);
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 4, Patience);
    }

    // The filter begins anew with the new master, not with the secondary that was read before.
    void theNewMasterIsSearched()
    {
        LogStage stage(5);
        QVERIFY(stage.open(5));
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) && stage.model().node(u"s1"_s)->isHeard() &&
                                     stage.model().node(u"s2"_s)->isHeard(),
                                 Patience);
        stage.fake.setHeld(u"s2"_s, 7);
        stage.fake.setUp(u"M"_s, false);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().reader(), u"s2"_s, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().lastId(), 7ULL, Patience);
        LogView *log = stage.log();
        log->setFilter(u"message"_s);
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 7, Patience);
        stage.fake.readers.clear();
        stage.fake.promote(u"s1"_s);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().reader(), u"s1"_s, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 5, Patience);
        QCOMPARE(stage.fake.readers, QStringList{u"s1"_s});
    }

    // That nothing is known is not said as if it were known that there is nothing.
    void beforeANodeIsHeardNothingIsKnown()
    {
        Stage stage;
        const ClusterDescription nobody = stage.fake.description();
        stage.fake.setUp(u"M"_s, false);
        stage.window().show();
        stage.session().open(nobody, nullptr);
        const auto words = [&stage] {
            QStringList all;
            for (const QLabel *label : stage.waits()->findChildren<QLabel *>())
                all.append(label->text());
            return all.join(u'|');
        };
        LogView *log = stage.log();
        const auto *status = stage.find<QLabel>(u"logStatus"_s);
        const auto typeGoTo = [&stage] {
            auto *edit = stage.find<QLineEdit>(u"goToEdit"_s);
            edit->setText(u"10"_s);
            QTest::keyClick(edit, Qt::Key_Return);
            return stage.window().noticeText(u"goTo"_s);
        };
        for (int i = 0; i < 2; ++i) { // at once, and when the call has failed
            QVERIFY2(words().contains(u"Not known"), qPrintable(words()));
            QVERIFY2(!words().contains(u"Nobody waits"), qPrintable(words()));
            QVERIFY2(typeGoTo().contains(u"is not known"), qPrintable(typeGoTo()));
            for (const QString &filter : {u"ret"_s, u"waiting"_s}) {
                log->setFilter(filter);
                QVERIFY2(!status->text().contains(u"match"), qPrintable(status->text()));
                QVERIFY2(!status->text().contains(u"0 "), qPrintable(status->text()));
                QVERIFY2(log->table()->emptyText().contains(u"Nothing has been heard"),
                         qPrintable(log->table()->emptyText()));
            }
            QTRY_COMPARE_WITH_TIMEOUT(stage.model().nodes().first().contact, Contact::Lost, Patience);
        }
        // Of a cluster whose log has no messages it is known.
        log->setFilter({});
        stage.fake.setUp(u"M"_s, true);
        QTRY_VERIFY2_WITH_TIMEOUT(words().contains(u"Nobody waits"), qPrintable(words()), Patience);
        QVERIFY2(typeGoTo().contains(u"the log ends at 0"), qPrintable(typeGoTo()));
        QVERIFY2(log->table()->emptyText().contains(u"The log is empty"),
                 qPrintable(log->table()->emptyText()));
        QVERIFY2(status->text().contains(u"0 messages"), qPrintable(status->text()));
    }

    // Who waits for the next master waits now.
    void waitsOfANewMasterAreItsOwn()
    {
        LogStage stage(9);
        stage.fake.waits[7] = {{}, 7, 3, 1, {u"s1"_s, u"s2"_s}};
        QVERIFY(stage.open(9));
        QTRY_VERIFY_WITH_TIMEOUT(!stage.model().waits().isEmpty() && stage.model().node(u"s1"_s)->isHeard(),
                                 Patience);
        const auto words = [&stage] {
            QStringList all;
            for (const QLabel *label : stage.waits()->findChildren<QLabel *>())
                all.append(label->text());
            return all.join(u'|');
        };
        stage.fake.setUp(u"M"_s, false);
        QTRY_VERIFY2_WITH_TIMEOUT(words().contains(u"As of"), qPrintable(words()), Patience);
        const QSignalSpy repainted(stage.waits()->model(), &QAbstractItemModel::dataChanged);
        const QSignalSpy rows(stage.log()->model(), &QAbstractItemModel::dataChanged);
        stage.fake.promote(u"s1"_s);
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().areWaitsCurrent(), Patience);
        const auto coversAll = [](const QSignalSpy &spy, int row) {
            return std::any_of(spy.cbegin(), spy.cend(), [row](const QList<QVariant> &change) {
                const QModelIndex from = change.at(0).toModelIndex(), to = change.at(1).toModelIndex();
                return from.column() == 0 && to.column() == to.model()->columnCount() - 1 &&
                       from.row() <= row && to.row() >= row;
            });
        };
        QTRY_VERIFY_WITH_TIMEOUT(coversAll(repainted, 0), Patience);
        QVERIFY(coversAll(rows, 6));
        QVERIFY2(!words().contains(u"As of"), qPrintable(words()));
    }

    // Who waits the master alone knows: while it is silent that stands still, and says since when.
    void nobodyIsSaidToWaitForASilentMaster()
    {
        LogStage stage(9);
        stage.fake.waits[7] = {{}, 7, 3, 1, {u"s1"_s, u"s2"_s}};
        QVERIFY(stage.open(9));
        const auto *status = stage.find<QLabel>(u"logStatus"_s);
        QTRY_VERIFY_WITH_TIMEOUT(status->text().contains(u"1 waiting"), Patience);
        const auto words = [&stage] {
            QStringList all;
            for (const QLabel *label : stage.waits()->findChildren<QLabel *>())
                all.append(label->text());
            return all.join(u'|');
        };
        stage.fake.setUp(u"M"_s, false);
        QTRY_VERIFY_WITH_TIMEOUT(!stage.model().master()->isHeard(), Patience);
        static const QRegularExpression asOf(u"[Aa]s of \\d\\d:\\d\\d:\\d\\d"_s);
        QVERIFY2(!status->text().contains(u"1 waiting"), qPrintable(status->text()));
        QVERIFY2(status->text().contains(asOf), qPrintable(status->text()));
        QVERIFY2(words().contains(asOf), qPrintable(words()));
        stage.log()->setFilter(u"w>5"_s);
        QVERIFY2(stage.log()->table()->emptyText().contains(u"not known"),
                 qPrintable(stage.log()->table()->emptyText()));
        stage.log()->setFilter({});
        // It comes back: nobody waits any more.
        stage.fake.waits.clear();
        stage.fake.setUp(u"M"_s, true);
        QTRY_VERIFY2_WITH_TIMEOUT(words().contains(u"Nobody waits"), qPrintable(words()), Patience);
        QTRY_VERIFY2_WITH_TIMEOUT(!status->text().contains(u"wait"), qPrintable(status->text()), Patience);
        // That nobody did is no more than what it said last.
        stage.fake.setUp(u"M"_s, false);
        QTRY_VERIFY2_WITH_TIMEOUT(!words().contains(u"Nobody waits") && words().contains(u"Not known"),
                                  qPrintable(words()), Patience);
    }

    // Trimmed meanwhile: what was read of it is not shown as if nodes still held it.
    void theMessagePanelSaysThatItsMessageIsGone()
    {
        LogStage stage(20);
        QVERIFY(stage.open(20));
        stage.window().showPanel(u"message"_s);
        stage.find<MessagePanel>(u"messagePanel"_s)->showMessage(10);
        const auto *facts = stage.find<WrappedText>(u"messageFacts"_s);
        QTRY_VERIFY2_WITH_TIMEOUT(facts->text().contains(u"Held by: M, s1, s2"), qPrintable(facts->text()),
                                  Patience);
        stage.fake.node(u"s2"_s).firstId = 15; // it alone is ahead in trimming
        stage.fake.publish();
        QTRY_VERIFY2_WITH_TIMEOUT(facts->text().endsWith(u"Held by: M, s1") ||
                                      facts->text().contains(QRegularExpression(u"M[^,]*, s1[^,]*$"_s)),
                                  qPrintable(facts->text()), Patience);
        stage.fake.trim(15);
        QTRY_VERIFY2_WITH_TIMEOUT(!facts->text().contains(u"Held by") && !facts->text().contains(u"Acks"),
                                  qPrintable(facts->text()), Patience);
        QTRY_VERIFY2_WITH_TIMEOUT(facts->text().contains(u"15"), qPrintable(facts->text()), Patience);
    }

    // What one reader knows of a message another may not know.
    void theMessagePanelAsksTheNextReader()
    {
        LogStage stage(3);
        QVERIFY(stage.open(3));
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s) && stage.model().node(u"s1"_s)->isHeard(),
                                 Patience);
        stage.window().showPanel(u"message"_s);
        QVERIFY(stage.log()->goTo(3));
        const auto *facts = stage.find<WrappedText>(u"messageFacts"_s);
        for (int i = 0; i < 2; ++i) {
            QTRY_VERIFY2_WITH_TIMEOUT(facts->text().contains(u"Acks: 3, satisfied"),
                                      qPrintable(facts->text()), Patience);
            stage.fake.setUp(u"M"_s, false);
            QTRY_VERIFY2_WITH_TIMEOUT(facts->text().contains(u"Acks: known to the master alone"),
                                      qPrintable(facts->text()), Patience);
            stage.fake.setUp(u"M"_s, true);
        }
        QTRY_VERIFY2_WITH_TIMEOUT(facts->text().contains(u"Acks: 3, satisfied"), qPrintable(facts->text()),
                                  Patience);
        // Nobody is left to ask: no more is known.
        for (const QString &node : {u"s1"_s, u"s2"_s, u"M"_s})
            stage.fake.setUp(node, false);
        QTRY_VERIFY2_WITH_TIMEOUT(facts->text().contains(u"Acks: known to the master alone"),
                                  qPrintable(facts->text()), Patience);
        QCOMPARE(stage.find<LongTextView>(u"messageText"_s)->toPlainText(), u"message 3"_s);
    }

    // The acks of a message are told anew, also if its nodes have held it all along.
    void theMessagePanelFollowsTheAcks()
    {
        LogStage stage(3);
        stage.fake.waits[3] = {{}, 3, 3, 1, {u"s1"_s, u"s2"_s}};
        stage.fake.master().committedId = 2;
        for (const QString &node : {u"s1"_s, u"s2"_s}) {
            stage.fake.node(node).committedId = 2;
            stage.fake.node(node).masterView = {{u"acked_id"_s, 2}};
        }
        QVERIFY(stage.open(3));
        stage.window().showPanel(u"message"_s);
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s)->told && stage.model().node(u"s2"_s)->told,
                                 Patience);
        QVERIFY(stage.log()->goTo(3));
        const auto *facts = stage.find<WrappedText>(u"messageFacts"_s);
        QTRY_VERIFY2_WITH_TIMEOUT(facts->text().contains(u"Acks: 1, it waits"), qPrintable(facts->text()),
                                  Patience);
        // The status lists some of many waits only: of the others no change is told.
        stage.fake.master().own = {{u"waits"_s, QJsonArray()}};
        stage.fake.publish();
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().waits().isEmpty(), Patience);
        stage.fake.waits[3].acks = 2;
        stage.fake.node(u"s1"_s).masterView = {{u"acked_id"_s, 3}};
        stage.fake.publish();
        QTRY_VERIFY2_WITH_TIMEOUT(facts->text().contains(u"Acks: 2, it waits"), qPrintable(facts->text()),
                                  Patience);
        // Committed by an earlier master: nobody waits, whatever this one has been told so far.
        stage.fake.master().committedId = 3;
        stage.fake.publish();
        QTRY_VERIFY2_WITH_TIMEOUT(facts->text().contains(u"Acks: 2 known of so far"),
                                  qPrintable(facts->text()), Patience);
    }
};

int main(int argc, char **argv)
{
    return runGuiSuite<TestLogView>(argc, argv);
}

#include "tst_logview.moc"
