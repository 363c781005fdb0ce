// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/append/appendpanel.h"
#include "gui/cluster/nodeclient.h"
#include "gui/details/messagepanel.h"
#include "gui/matrix/logmodel.h"
#include "gui/matrix/logtable.h"
#include "gui/matrix/logview.h"
#include "gui/nodes/nodesmodel.h"
#include "gui/nodes/nodesview.h"
#include "gui/sequence/sequencepanel.h"
#include "gui/sequence/sequenceview.h"
#include "gui/timeline/eventmodel.h"
#include "gui/walk/walksteprow.h"
#include "gui/widgets/longtextview.h"
#include "gui/widgets/plainmessagebox.h"
#include "gui/widgets/plaintext.h"
#include "gui/widgets/wrappedtext.h"
#include "tests/gui/windowstage.h"

#include <QClipboard>
#include <QDirIterator>
#include <QHeaderView>
#include <QHelpEvent>
#include <QLabel>
#include <QNetworkAccessManager>
#include <QRegularExpression>
#include <QTabWidget>
#include <QTableView>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTextBlock>
#include <QToolTip>
#include <QXmlStreamReader>

#include <optional>

using namespace Qt::StringLiterals;
using namespace replog;
using namespace replog::test;

namespace {

// Texts that could break a window that shows them.
const QStringList &corpus()
{
    static const QStringList texts{u"<b>x</b><img src=\"/dev/zero\">"_s,
                                   u"<img src='/proc/self/mem'><table><tr><td>"_s,
                                   u"<?xml version=\"1.0\"?><html><body>"_s,
                                   u"&lt;i&gt;&nbsp;&#8238;"_s,
                                   u"before\n<img src=/dev/zero>"_s,
                                   u"<a href=\"file:///etc/passwd\">click</a>"_s,
                                   u"\u202Eevil\u2066 txt.exe\u200F"_s,
                                   QString(QChar(u'\0')) + u"\a\b\x1b[31m\x7f\x85"_s,
                                   u"one\u2028two\u2029three\r\nfour\vfive"_s,
                                   QString(QChar(0xD800)) + u"lone"_s + QString(QChar(0xDC00)),
                                   QString(1'000'000, u'w'),
                                   QString(100'000, u'\n'),
                                   QString(20'000, QChar(0x0300)), // combining accents only
                                   u"%1 %2 %n &amp; &File"_s,
                                   u" "_s,
                                   QString()};
    return texts;
}

const QLabel *toolTip()
{
    const QWidgetList all = QApplication::allWidgets();
    for (const QWidget *widget : all) {
        if (widget->inherits("QTipLabel") && widget->isVisible())
            return qobject_cast<const QLabel *>(widget);
    }
    return nullptr;
}

// Hovers over every visible cell and header section of a table.
void restOnAll(QTableView *table)
{
    const auto rest = [](QWidget *on, const QPoint &at) {
        QToolTip::hideText();
        QHelpEvent event(QEvent::ToolTip, at, on->mapToGlobal(at));
        QApplication::sendEvent(on, &event);
        if (const QLabel *tip = toolTip()) {
            QCOMPARE(tip->textFormat(), Qt::PlainText);
            QVERIFY(tip->text().size() <= 4 * PlainText::TipColumns * PlainText::TipLines);
            QVERIFY(!Qt::mightBeRichText(tip->text()));
        }
    };
    const QAbstractItemModel *model = table->model();
    for (int row = 0; row < model->rowCount(); ++row) {
        table->scrollTo(model->index(row, 0));
        for (int column = 0; column < model->columnCount(); ++column) {
            const QRect place = table->visualRect(model->index(row, column));
            if (place.isValid())
                rest(table->viewport(), place.center());
            if (QTest::currentTestFailed())
                return;
        }
    }
    for (int column = 0; column < model->columnCount(); ++column)
        rest(table->horizontalHeader()->viewport(),
             {table->columnViewportPosition(column) + 3, table->horizontalHeader()->height() / 2});
    QToolTip::hideText();
}

void expectPlainLabels(const QWidget &window)
{
    const auto labels = window.findChildren<QLabel *>();
    QVERIFY(!labels.isEmpty());
    for (const QLabel *label : labels)
        QVERIFY2(label->textFormat() == Qt::PlainText,
                 qPrintable(label->objectName() + u": "_s + label->text()));
}

} // namespace

// Texts from outside are shown as plain text, and cut to the room of their place.
class TestHostile : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        failOnEveryWarning();
        QSettings().clear();
    }

    // It may come from a cluster file, or be the name of a folder.
    void theClustersTitleIsPlainAndBounded()
    {
        Stage stage;
        ClusterDescription description = stage.fake.description();
        description.title = u"T\u202Ex\n"_s + QString(2000, u'w');
        stage.session().open(description, nullptr);
        const QString title = stage.window().windowTitle();
        QVERIFY2(title.startsWith(u"T\uFFFDx\u23CEw"_s) && title.endsWith(u" — Replog"_s), qPrintable(title));
        QVERIFY(title.size() < 120);
    }

    // A name of the length that services allow leaves the figures in view, and is told by the tool tip.
    void aLongNameLeavesRoomForTheFigures()
    {
        const QString name(64, u'W');
        Stage stage({name});
        stage.window().resize(1024, 640);
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(name) && stage.model().node(name)->isHeard(), Patience);
        const auto *const table = stage.find<QTableView>(u"nodesTable"_s);
        const auto isInView = [table](int column) {
            return table->columnViewportPosition(column) + table->columnWidth(column) <=
                   table->viewport()->width();
        };
        QTRY_VERIFY_WITH_TIMEOUT(isInView(NodesModel::StateColumn) && isInView(NodesModel::LagColumn),
                                 Patience);
        const QModelIndex index = table->model()->index(1, NodesModel::NameColumn);
        QVERIFY(index.data(Qt::ToolTipRole).toString().startsWith(name));
        QVERIFY(table->columnWidth(NodesModel::NameColumn) >
                table->fontMetrics().horizontalAdvance(u"WWWW"_s));
    }

    void textsAreMadeFitToBeShown()
    {
        for (const QString &text : corpus()) {
            const QString line = PlainText::oneLine(text);
            QVERIFY(line.size() <= PlainText::LineCharacters + 2);
            const QString tip = PlainText::tip(text);
            QVERIFY(!Qt::mightBeRichText(tip));
            QVERIFY(tip.count(u'\n') < PlainText::TipLines);
            for (const QString &shown : {line, QString(tip).remove(u'\n')}) {
                for (const QChar &c : shown) {
                    QVERIFY2(c.unicode() >= 0x20 && c.unicode() != 0x7F, qPrintable(shown));
                    QVERIFY(c.unicode() < 0x202A || c.unicode() > 0x202E);
                    QVERIFY(c.unicode() < 0x2066 || c.unicode() > 0x2069);
                    QVERIFY(c.unicode() != 0x2028 && c.unicode() != 0x2029);
                }
            }
            QVERIFY(!PlainText::html(text).contains(u'<'));
            QVERIFY(!PlainText::notice(text).contains(u'<'));
        }
        QCOMPARE(PlainText::oneLine(u"a\r\nb\tc"_s), u"a⏎b c"_s);
        QCOMPARE(PlainText::oneLine(u"Привіт 👋"_s), u"Привіт 👋"_s);
    }

    void everyViewShowsThemAsTheyAre()
    {
        Stage stage({u"<b>s1</b>"_s, u"s2"_s});
        stage.fake.setText([](quint64 id) { return corpus().at(qsizetype(id - 1) % corpus().size()); });
        stage.fake.fill(quint64(corpus().size()));
        stage.fake.node(u"s2"_s).masterView = {{u"last_error"_s, corpus().first()},
                                               {u"consecutive_failures"_s, 3},
                                               {u"health"_s, u"unhealthy"_s}};
        stage.fake.master().modeReason = corpus().first();
        QVERIFY(stage.open());
        for (const QString &text : corpus())
            stage.session().append({text.left(100'000).toUtf8(), u"3"_s, 0});
        const LogModel *log = stage.log()->model();
        QTRY_COMPARE_WITH_TIMEOUT(log->rowCount(), 2 * int(corpus().size()), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().waits().size(), corpus().size(), Patience);
        for (int row = 0; row < log->rowCount(); ++row)
            QTRY_VERIFY_WITH_TIMEOUT(
                log->index(row, LogModel::TextColumn).data(LogModel::LoadedRole).toBool(), Patience);
        for (const QString &text : corpus())
            stage.dashboard.events().add(
                {EventKind::Problem, QDateTime::currentDateTime(), text.left(40), text});
        stage.nodes()->selectNode(u"s2"_s);
        for (const QString &panel :
             {u"append"_s, u"waits"_s, u"nodes"_s, u"timeline"_s, u"output"_s, u"charts"_s, u"walk"_s}) {
            stage.window().showPanel(panel);
            QCoreApplication::processEvents();
            stage.window().grab();
            const auto tables = stage.window().findChildren<QTableView *>();
            for (QTableView *table : tables) {
                if (table->isVisible())
                    restOnAll(table);
                if (QTest::currentTestFailed())
                    return;
            }
        }
        stage.window().notify(u"hostile"_s, MainWindow::Severity::Error, corpus().first());
        expectPlainLabels(stage.window());
    }

    // The panels that show a single message or its sequence.
    void detailsShowThemAsTheyAre()
    {
        Stage stage({u"<b>s1</b>"_s, u"\u202Es2\u2028"_s});
        stage.fake.setText([](quint64 id) { return corpus().at(qsizetype(id - 1) % corpus().size()); });
        stage.fake.setExtra([](quint64 id) {
            const QString text = corpus().at(qsizetype(id - 1) % corpus().size());
            QJsonObject headers;
            for (int i = 0; i < 100; ++i)
                headers.insert(text.left(10'000) + QString::number(i), text.left(1000));
            return QJsonObject{{u"type"_s, text.left(10'000)}, {u"headers"_s, headers}};
        });
        stage.fake.fill(quint64(corpus().size()));
        QVERIFY(stage.open());
        for (const QString &name : {u"time"_s, u"size"_s, u"type"_s, u"w"_s})
            stage.action(u"column-"_s + name)->setChecked(true);
        const LogModel *log = stage.log()->model();
        QTRY_COMPARE_WITH_TIMEOUT(log->rowCount(), int(corpus().size()), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stage.model().nodes().size(), 3, Patience);
        auto *panel = stage.window().findChild<MessagePanel *>();
        stage.window().showPanel(u"message"_s);
        for (quint64 id = 1; id <= quint64(corpus().size()); ++id) {
            QVERIFY(stage.log()->goTo(id));
            const auto *facts = panel->findChild<WrappedText *>(u"messageFacts"_s);
            QTRY_VERIFY2_WITH_TIMEOUT(facts->text().startsWith(u"Id: %1\n"_s.arg(id)),
                                      qPrintable(facts->text()), Patience);
            QVERIFY(facts->text().size() < 5000);
            for (int tab = 0; tab < 3; ++tab) {
                panel->findChild<QTabWidget *>()->setCurrentIndex(tab);
                stage.window().grab();
            }
            QCOMPARE(facts->toPlainText(), facts->text());
        }
        restOnAll(stage.log()->table());
        // A sequence from traces with hostile names and texts.
        stage.window().showPanel(u"sequence"_s);
        auto *sequence = stage.window().findChild<SequencePanel *>();
        for (const QString &text : corpus()) {
            const QString word = text.left(10'000);
            for (const QJsonObject &event :
                 {QJsonObject{{u"what"_s, u"appended"_s}, {u"first_id"_s, 1}, {u"last_id"_s, 1}, {u"w"_s, 2}},
                  QJsonObject{
                      {u"what"_s, u"sent"_s}, {u"node"_s, word}, {u"first_id"_s, 1}, {u"last_id"_s, 1}},
                  QJsonObject{{u"what"_s, u"answered"_s}, {u"end"_s, word}, {u"last_id"_s, 1}},
                  QJsonObject{{u"what"_s, word}, {u"last_id"_s, 1}}}) {
                if (const auto read = TraceEvent::read(u"<b>s1</b>"_s, event))
                    sequence->model().add(*read);
            }
        }
        QTRY_VERIFY_WITH_TIMEOUT(!sequence->view()->scene().isEmpty(), Patience);
        stage.window().grab();
        QXmlStreamReader svg(sequence->view()->scene().toSvg(stage.window().palette()));
        while (!svg.atEnd())
            svg.readNext();
        QVERIFY2(!svg.hasError(), qPrintable(svg.errorString()));
        // In the search field.
        for (const QString &text : corpus()) {
            stage.log()->setFilter(text.left(2000));
            QCoreApplication::processEvents();
            stage.window().grab();
        }
    }

    // Each place breaks them within its width, and many lines leave room for the message itself.
    void longWordsDoNotWidenTheWindow()
    {
        Stage stage;
        const QString word(480, u'w');
        stage.fake.setExtra([&word](quint64) {
            QJsonObject headers;
            for (int i = 0; i < 60; ++i)
                headers.insert(u"h%1"_s.arg(i), word.left(200));
            return QJsonObject{{u"headers"_s, headers}};
        });
        stage.fake.fill(3);
        stage.fake.node(u"s1"_s).masterView = {{u"last_error"_s, word}, {u"last_error_at"_s, 1}};
        QVERIFY(stage.open());
        const QSize size(1240, 800);
        stage.window().resize(size);
        stage.fake.master().mode = u"failed"_s;
        stage.fake.master().modeReason = word;
        stage.fake.publish();
        stage.window().notify(u"long"_s, MainWindow::Severity::Error, word);
        stage.window().showPanel(u"nodes"_s);
        stage.window().showPanel(u"message"_s);
        QTRY_VERIFY_WITH_TIMEOUT(
            stage.model().node(u"s1"_s) && !stage.model().node(u"s1"_s)->lastError.isEmpty(), Patience);
        stage.nodes()->selectNode(u"s1"_s);
        QTRY_COMPARE_WITH_TIMEOUT(stage.log()->model()->rowCount(), 3, Patience);
        QVERIFY(stage.log()->goTo(2));
        const auto *const facts = stage.find<WrappedText>(u"messageFacts"_s);
        QTRY_VERIFY_WITH_TIMEOUT(facts->text().contains(word.left(100)), Patience);
        const auto *const details = stage.find<WrappedText>(u"nodeDetails"_s);
        QTRY_VERIFY_WITH_TIMEOUT(details->text().contains(word.left(100)), Patience);
        stage.window().grab(); // lays all out
        QCOMPARE(stage.window().size(), size);
        QVERIFY(stage.window().minimumSizeHint().width() <= 1024);
        for (const WrappedText *text : stage.window().findChildren<WrappedText *>()) {
            if (text->isVisible())
                QVERIFY2(text->document()->idealWidth() <= text->viewport()->width() + 1,
                         qPrintable(text->objectName()));
        }
        stage.window().showPanel(u"message"_s);
        QVERIFY(facts->height() < facts->parentWidget()->height() / 2);
    }

    // What a walk finds quotes errors of nodes.
    void aLongWordDoesNotWidenAWalk()
    {
        WalkStepRow row(1);
        row.setTexts(u"Step"_s, u"that it goes on"_s);
        row.setMark(WalkStepRow::Mark::Wrong, u"It says: w"_s);
        row.grab();
        const int before = row.minimumSizeHint().width();
        row.setMark(WalkStepRow::Mark::Wrong, u"It says: "_s + QString(480, u'w') + u"\u202e"_s);
        row.resize(300, 200);
        row.show();
        row.grab();
        QVERIFY(row.minimumSizeHint().width() <= before);
        QCOMPARE(row.width(), 300);
        QVERIFY(!row.findChild<WrappedText *>()->text().contains(QChar(0x202e)));
    }

    // Qt's layout takes time that grows with the square of a line's length: a message of 1 MB without a space
    // took minutes.
    void longTextsAreLaidOutInParts()
    {
        QStringList texts = corpus();
        texts.append(QString(LongTextView::LineCharacters, u'x'));
        texts.append(QString(LongTextView::LineCharacters - 1, u'x') + u"👋y"_s);
        texts.append(u"one\r\ntwo\r\n"_s + QString(40'000, u'z') + u"\nend"_s);
        for (const QString &text : std::as_const(texts)) {
            LongTextView view;
            view.resize(300, 200);
            view.show();
            view.showText(text);
            QTRY_VERIFY_WITH_TIMEOUT(view.isComplete(), Patience);
            for (QTextBlock block = view.document()->firstBlock(); block.isValid(); block = block.next())
                QVERIFY(block.length() <= LongTextView::LineCharacters + 2);
            view.grab();
            view.selectAll();
            view.copy();
            QString expected = text;
            expected.replace(u"\r\n"_s, u"\n"_s);
            for (const char16_t end : {0x0D, 0x2028, 0x2029})
                expected.replace(QChar(end), u'\n');
            QVERIFY(text.isEmpty() || QApplication::clipboard()->text() == expected);
        }
        // A long line is broken between words, and nothing turns the text around it.
        QString numbers;
        for (int i = 1000; numbers.size() < 40'000; ++i)
            numbers += QString::number(i) + u"\u202E "_s;
        LongTextView words;
        words.showText(numbers);
        QTRY_VERIFY_WITH_TIMEOUT(words.isComplete(), Patience);
        QVERIFY(words.document()->blockCount() > 10);
        for (QTextBlock block = words.document()->firstBlock(); block.isValid(); block = block.next()) {
            QVERIFY(block.text().isEmpty() || block.text().endsWith(u' '));
            QVERIFY(!block.text().contains(QChar(0x202E)));
        }
        words.selectAll();
        words.copy();
        QCOMPARE(QApplication::clipboard()->text(), numbers);
        // A note tells how much is left out.
        LongTextView view;
        for (const QString &text : {QString(LongTextView::MostCharacters + 5000, u'x'),
                                    QString(LongTextView::MostLines + 5000, u'\n')}) {
            view.showText(text);
            QTRY_VERIFY_WITH_TIMEOUT(view.isComplete(), Patience);
            QCOMPARE(view.document()->lastBlock().text(), u"… %L1 more character(s)"_s.arg(5000));
        }
        // One line of words, of which no piece is larger than others.
        view.showText(u"abcdef "_s.repeated(LongTextView::MostCharacters / 7 + 10'000));
        QVERIFY(view.document()->characterCount() < LongTextView::MostCharacters / 10);
        QTRY_VERIFY_WITH_TIMEOUT(view.isComplete(), Patience);
        QVERIFY(view.document()->lastBlock().text().startsWith(u"… "));
    }

    void bytesThatAreNoTextAreNotLostInCopies()
    {
        Stage stage;
        stage.fake.setExtra([](quint64 id) {
            return id == 2 ? QJsonObject{{u"message_base64"_s, u"/wD+"_s}, {u"type"_s, u"image/x"_s}}
                           : QJsonObject();
        });
        stage.fake.fill(2);
        QVERIFY(stage.open());
        const LogModel *log = stage.log()->model();
        QTRY_COMPARE_WITH_TIMEOUT(log->rowCount(), 2, Patience);
        stage.log()->table()->selectAll();
        stage.log()->copySelected();
        QTRY_COMPARE_WITH_TIMEOUT(QApplication::clipboard()->text(),
                                  u"1\tmessage 1\n2\tdata:image/x;base64,/wD+\n"_s, Patience);
    }

    void errorsOfNodesAreOneShortLine()
    {
        Stage stage({u"s1"_s});
        stage.fake.node(u"s1"_s).masterView = {{u"last_error"_s, u"\u202Eone\ntwo"_s},
                                               {u"consecutive_failures"_s, 3}};
        stage.fake.master().modeReason = u"no\u202E\nway"_s;
        QVERIFY(stage.open());
        QTRY_VERIFY_WITH_TIMEOUT(stage.model().node(u"s1"_s), Patience);
        QCOMPARE(stage.model().node(u"s1"_s)->lastError, u"\uFFFDone⏎two"_s);
        QCOMPARE(stage.model().master()->modeReason, u"no\uFFFD⏎way"_s);

        QTcpServer server; // says why at great length, and without end
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QByteArray body = "{\"detail\": \"" + QByteArray("line\\n\\u202E").repeated(3000) + "\"}";
        QByteArray head = "HTTP/1.1 500 No\r\nContent-Type: application/problem+json\r\nContent-Length: " +
                          QByteArray::number(body.size()) + "\r\n\r\n";
        connect(&server, &QTcpServer::newConnection, &server, [&] {
            QTcpSocket *const socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [&head, &body, socket] {
                socket->readAll();
                socket->write(head + body);
            });
        });
        QNetworkAccessManager network;
        NodeClient client(&network, QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())), {});
        const auto ask = [&] {
            std::optional<CallResult> result;
            client.call("GET", u"/"_s, {}, Patience, this,
                        [&](const CallResult &answer) { result = answer; });
            return QTest::qWaitFor([&] { return result.has_value(); }, 2 * Patience) ? *result : CallResult();
        };
        CallResult answer = ask();
        QCOMPARE(answer.status, 500);
        QVERIFY(answer.error.startsWith(u"line⏎\uFFFD"));
        QVERIFY(answer.error.size() <= 501);
        body = QByteArray(2 * 1024 * 1024, 'x');
        head = "HTTP/1.1 500 No\r\nContent-Length: 99000000\r\n\r\n";
        answer = ask();
        QCOMPARE(answer.status, 500); // without waiting for the rest
        QCOMPARE(answer.error, u"The node answered 500."_s);

        const auto said = [&](const QString &text) {
            stage.window().notify(u"long"_s, MainWindow::Severity::Error, text);
            return stage.window().noticeText(u"long"_s);
        };
        for (const QString &text : corpus()) {
            QVERIFY(said(text).size() <= 502);
            QVERIFY(!said(text).contains(QChar(0x202E)) && !said(text).contains(u'\n'));
        }
    }

    void questionsShowThemAsTheyAre()
    {
        QWidget parent;
        auto *box = new PlainMessageBox(QMessageBox::Question, corpus().first(), corpus().first(),
                                        corpus().first(), QMessageBox::Cancel, &parent);
        box->open();
        expectPlainLabels(*box);
        QTest::keyClick(box, Qt::Key_Escape);
    }

    // In many places Qt guesses whether a text is HTML. Our texts must use the others.
    void noSourceMakesALabelThatGuesses()
    {
        static const QRegularExpression guessing(
            u"new QLabel|new "
            u"QMessageBox|QMessageBox::(information|warning|question|critical|about)\\(|RichText|"
            "MarkdownText|AutoText|setHtml|QTextBrowser|new QTextEdit|QErrorMessage|setWhatsThis"_s);
        int seen = 0;
        QDirIterator files(QStringLiteral(REPLOG_SOURCES "/gui"), {u"*.cpp"_s, u"*.h"_s}, QDir::Files,
                           QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QRegularExpressionMatch match = guessing.match(QString::fromUtf8(file.readAll()));
            QVERIFY2(!match.hasMatch(), qPrintable(file.fileName() + u": "_s + match.captured()));
            ++seen;
        }
        QVERIFY(seen > 50);
    }

    // A part of the dashboard includes only itself and parts that are added before it in gui/CMakeLists.txt.
    void partsIncludeNoneAboveThem()
    {
        const QDir gui(QStringLiteral(REPLOG_SOURCES "/gui"));
        QFile list(gui.filePath(u"CMakeLists.txt"_s));
        QVERIFY(list.open(QIODevice::ReadOnly));
        static const QRegularExpression loop(u"foreach\\(part ([^)]*)\\)"_s);
        const QStringList parts = loop.match(QString::fromUtf8(list.readAll())).captured(1).split(u' ');
        QVERIFY(parts.size() > 10);
        static const QRegularExpression include(u"#include \"gui/([a-z]+)/"_s);
        for (qsizetype i = 0; i < parts.size(); ++i) {
            const QDir part(gui.filePath(parts[i]));
            const QStringList names = part.entryList({u"*.cpp"_s, u"*.h"_s}, QDir::Files);
            QVERIFY(!names.isEmpty());
            for (const QString &name : names) {
                QFile file(part.filePath(name));
                QVERIFY(file.open(QIODevice::ReadOnly));
                const QString source = QString::fromUtf8(file.readAll());
                auto matches = include.globalMatch(source);
                while (matches.hasNext()) {
                    const QString used = matches.next().captured(1);
                    QVERIFY2(parts.first(i + 1).contains(used), qPrintable(file.fileName() + u": "_s + used));
                }
            }
        }
    }
};

int main(int argc, char **argv)
{
    return runGuiSuite<TestHostile>(argc, argv);
}

#include "tst_hostile.moc"
