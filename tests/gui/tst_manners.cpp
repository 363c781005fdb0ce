// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/append/appendpanel.h"
#include "gui/control/clusterlauncher.h"
#include "gui/control/recentclusters.h"
#include "gui/matrix/logmodel.h"
#include "gui/matrix/logtable.h"
#include "gui/matrix/logview.h"
#include "gui/nodes/nodesmodel.h"
#include "gui/nodes/nodesview.h"
#include "gui/theme/theme.h"
#include "gui/timeline/eventmodel.h"
#include "gui/waits/waitsmodel.h"
#include "gui/waits/waitsview.h"
#include "gui/walk/walkpanel.h"
#include "gui/widgets/wrappedtext.h"
#include "tests/gui/windowstage.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QDialog>
#include <QDockWidget>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLayout>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QScrollBar>
#include <QTabBar>
#include <QTableView>

using namespace Qt::StringLiterals;
using namespace replog;
using namespace replog::test;

namespace {

// Every text of a window that a user or a screen reader can reach, in order.
QStringList textsOf(const QWidget &window)
{
    QStringList texts{window.windowTitle()};
    const auto objects = window.findChildren<QObject *>();
    for (const QObject *object : objects) {
        if (qobject_cast<const QTabBar *>(object->parent()))
            continue; // Qt names its buttons only once
        if (const auto *action = qobject_cast<const QAction *>(object))
            texts << action->text() << action->toolTip();
        if (const auto *widget = qobject_cast<const QWidget *>(object))
            texts << widget->windowTitle() << widget->toolTip() << widget->accessibleName();
        if (const auto *menu = qobject_cast<const QMenu *>(object))
            texts << menu->title();
        if (const auto *label = qobject_cast<const QLabel *>(object))
            texts << label->text();
        if (const auto *button = qobject_cast<const QAbstractButton *>(object))
            texts << button->text();
        if (const auto *edit = qobject_cast<const QLineEdit *>(object))
            texts << edit->placeholderText();
        if (const auto *box = qobject_cast<const QDoubleSpinBox *>(object))
            texts << box->text() << box->suffix();
        if (const auto *box = qobject_cast<const QComboBox *>(object)) {
            for (int i = 0; i < box->count(); ++i)
                texts << box->itemText(i);
        }
        if (const auto *model = qobject_cast<const QAbstractTableModel *>(object)) {
            for (int column = 0; column < model->columnCount(); ++column)
                texts << model->headerData(column, Qt::Horizontal).toString();
        }
    }
    texts.removeAll(QString());
    texts.removeIf([](const QString &text) { return text.front().isDigit(); }); // counts and times
    texts.sort();
    return texts;
}

// The texts that are in only one of the lists.
QString difference(const QStringList &one, QStringList other)
{
    QStringList here;
    for (const QString &text : one) {
        if (!other.removeOne(text))
            here.append(text);
    }
    return u"only here: %1; only there: %2"_s.arg(here.join(u" | "), other.join(u" | "));
}

} // namespace

// What users expect of a desktop program: languages, sizes, keys, accessible names, and stored settings.
class TestManners : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        failOnEveryWarning();
        QSettings().clear();
    }

    void remembersThemeAndLayout()
    {
        {
            Stage stage;
            QVERIFY(stage.open());
            stage.window().theme().setChoice(Theme::Choice::Dark);
            QVERIFY(isDark(QApplication::palette()));
            stage.window().findChild<QDockWidget *>(u"waits"_s)->hide();
            stage.window().resize(1111, 777);
            QVERIFY(stage.window().close());
        }
        {
            Stage stage;
            QVERIFY(stage.open());
            QCOMPARE(stage.window().theme().choice(), Theme::Choice::Dark);
            QVERIFY(stage.window().findChild<QDockWidget *>(u"waits"_s)->isHidden());
            stage.window().theme().setChoice(Theme::Choice::Light);
            QVERIFY(!isDark(QApplication::palette()));
        }
    }

    // After a change of language a window has the same texts as one created in that language.
    void theLanguageChangesAtOnce()
    {
        Stage stage;
        stage.fake.fill(3);
        stage.fake.setUp(u"s2"_s, false);
        QVERIFY(stage.open());
        const auto settled = [](const ClusterModel &model) {
            return model.node(u"s1"_s) && model.node(u"s1"_s)->contact == Contact::Connected &&
                   model.node(u"s2"_s) && model.node(u"s2"_s)->contact == Contact::Lost;
        };
        QTRY_VERIFY_WITH_TIMEOUT(settled(stage.model()), Patience);
        stage.nodes()->selectNode(u"s1"_s);
        stage.action(u"languageUkrainian"_s)->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(stage.window().menu(MainWindow::Menu::Node)->title(), u"&Вузол"_s,
                                  Patience);
        QCOMPARE(Language::stored(), Language::Choice::Ukrainian);

        auto other = std::make_unique<Dashboard>(stage.state.path(), Language::Choice::Ukrainian);
        other->window().show();
        other->session().open(stage.fake.description(), nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(settled(other->session().model()), Patience);
        other->panels().nodes()->selectNode(u"s1"_s);
        QTRY_VERIFY2_WITH_TIMEOUT(textsOf(stage.window()) == textsOf(other->window()),
                                  qPrintable(difference(textsOf(stage.window()), textsOf(other->window()))),
                                  Patience);
        QVERIFY(textsOf(stage.window()).size() > 100);

        other.reset();
        stage.action(u"languageEnglish"_s)->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(stage.window().menu(MainWindow::Menu::Node)->title(), u"&Node"_s, Patience);
    }

    // With the longer texts of Ukrainian and on a small screen.
    void nothingHasToBeScrolledSideways_data()
    {
        QTest::addColumn<int>("language");
        QTest::addColumn<int>("width");
        QTest::newRow("English, small") << int(Language::Choice::English) << 1280;
        QTest::newRow("Ukrainian, small") << int(Language::Choice::Ukrainian) << 1280;
        QTest::newRow("Ukrainian, large") << int(Language::Choice::Ukrainian) << 1800;
    }
    void nothingHasToBeScrolledSideways()
    {
        QFETCH(int, language);
        QFETCH(int, width);
        Stage stage({u"secondary-1"_s, u"secondary-2"_s, u"secondary-3"_s, u"secondary-4"_s, u"secondary-5"_s,
                     u"secondary-6"_s});
        stage.fake.fill(100'000);
        stage.dashboard.language().choose(Language::Choice(language));
        stage.window().resize(width, 720);
        QVERIFY(stage.open());
        QTRY_COMPARE_WITH_TIMEOUT(stage.nodes()->model()->rowCount(), 7, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stage.log()->model()->rowCount(), 100'000, Patience);
        const QTableView *nodes = stage.nodes()->table();
        QTRY_COMPARE_WITH_TIMEOUT(nodes->horizontalScrollBar()->maximum(), 0, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(stage.log()->table()->horizontalScrollBar()->maximum(), 0, Patience);
        QCOMPARE(stage.window().width(), width);
        if (width > 1280) {
            for (int column = 0; column < NodesModel::ColumnCount; ++column)
                QVERIFY(!nodes->isColumnHidden(column));
        }
    }

    void itFitsASmallScreen_data()
    {
        QTest::addColumn<int>("language");
        QTest::newRow("English") << int(Language::Choice::English);
        QTest::newRow("Ukrainian") << int(Language::Choice::Ukrainian);
    }
    void itFitsASmallScreen()
    {
        QFETCH(int, language);
        Stage stage({u"secondary-1"_s, u"secondary-2"_s}, Language::Choice(language));
        stage.fake.fill(60);
        stage.fake.master().name = QString(60, u'M');
        QVERIFY(stage.open());
        stage.window().notify(u"long"_s, MainWindow::Severity::Error, QString(400, u'w'));
        stage.window().notify(u"words"_s, MainWindow::Severity::Warning, u"words "_s.repeated(70));
        QTRY_COMPARE_WITH_TIMEOUT(stage.log()->model()->rowCount(), 60, Patience);
        stage.fake.setUp(stage.fake.master().name, false);
        QTRY_VERIFY_WITH_TIMEOUT(!stage.window().noticeText(u"master"_s).isEmpty(), Patience);
        const auto fits = [&stage] {
            stage.window().resize(1024, 640);
            for (int i = 0; i < 3; ++i) { // fonts, then hints, then layouts
                QCoreApplication::processEvents();
                stage.window().grab();
            }
            const QSize least = stage.window().minimumSizeHint();
            return stage.window().size() == QSize(1024, 640) && least.width() <= 1024 &&
                   least.height() <= 640;
        };
        QVERIFY2(fits(), qPrintable(QString::number(stage.window().minimumSizeHint().width())));
        QVERIFY(stage.find<QLabel>(u"masterLabel"_s)->text().contains(u"MMMM"));
        stage.action(u"presenting"_s)->trigger();
        const bool fitsLarge = fits();
        const int least = stage.window().minimumSizeHint().width();
        stage.action(u"presenting"_s)->trigger(); // the font of all windows
        QVERIFY2(fitsLarge, qPrintable(QString::number(least)));
    }

    // On a small screen, too: figures that tell less make room for who is missing.
    void whoIsMissingIsReadable_data() { itFitsASmallScreen_data(); }
    void whoIsMissingIsReadable()
    {
        QFETCH(int, language);
        Stage stage({u"secondary-1"_s, u"secondary-2"_s}, Language::Choice(language));
        stage.fake.fill(5);
        QVERIFY(stage.open());
        stage.window().resize(1024, 640);
        stage.session().append({"waits", u"4"_s, 0});
        QTRY_COMPARE_WITH_TIMEOUT(stage.fake.waits.size(), size_t(1), Patience);
        stage.fake.waits.begin()->second.acks = 3;
        stage.fake.waits.begin()->second.missing.clear(); // of a node that nobody knows
        stage.fake.publish();
        auto *const table = stage.find<QTableView>(u"waitsTable"_s);
        const auto isReadable = [table] {
            const QModelIndex missing = table->model()->index(0, WaitsModel::MissingColumn);
            const QString shown = table->fontMetrics().elidedText(missing.data().toString(), Qt::ElideRight,
                                                                  table->columnWidth(missing.column()) - 15);
            return missing.isValid() && !missing.data(WaitsModel::NamesRole).toBool() && shown.size() >= 14;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isReadable(), Patience);
        // With room for all there is all.
        stage.window().resize(1600, 640);
        stage.window().resizeDocks({stage.find<QDockWidget>(u"append"_s)}, {700}, Qt::Horizontal);
        QTRY_VERIFY_WITH_TIMEOUT(!table->isColumnHidden(WaitsModel::ClientsColumn), Patience);
    }

    void noLetterMeansTwoThings()
    {
        for (const auto language : {Language::Choice::English, Language::Choice::Ukrainian}) {
            Stage stage({u"s1"_s, u"s2"_s}, language);
            QVERIFY(stage.open());
            QHash<QKeySequence, QString> taken;
            const auto take = [&](const QString &text) {
                const QKeySequence key = QKeySequence::mnemonic(text);
                if (key.isEmpty())
                    return;
                QVERIFY2(!taken.contains(key), qPrintable(taken.value(key) + u" and "_s + text));
                taken.insert(key, text);
            };
            const auto takeWidgets = [&](const QWidget *within) {
                const auto labels = within->findChildren<QLabel *>();
                for (const QLabel *label : labels) {
                    if (label->buddy() && label->isVisible())
                        take(label->text());
                }
                const auto buttons = within->findChildren<QAbstractButton *>();
                for (const QAbstractButton *button : buttons) {
                    if (button->isVisible())
                        take(button->text());
                }
            };
            const auto menus = stage.window().menuBar()->actions();
            for (const QAction *menu : menus)
                take(menu->text());
            takeWidgets(&stage.window());
            QVERIFY(taken.size() > 8);
            for (const QMenu *menu : stage.window().findChildren<QMenu *>()) {
                taken.clear();
                for (const QAction *action : menu->actions())
                    take(action->text());
            }
            for (const QString &name : {u"newLocalCluster"_s, u"connect"_s, u"alarms"_s, u"compareNodes"_s}) {
                const auto before = stage.window().findChildren<QDialog *>();
                stage.action(name)->trigger();
                for (const QDialog *dialog : stage.window().findChildren<QDialog *>()) {
                    if (before.contains(dialog))
                        continue;
                    taken.clear();
                    takeWidgets(dialog);
                    QVERIFY2(!taken.isEmpty(), qPrintable(name));
                }
            }
        }
    }

    // What a folder is named is no key.
    void thePlacesOfTheStartPageAreShownAsTheyAre()
    {
        RecentCluster::remember({RecentCluster::Kind::Folder, u"/data/%1&lt;&a"_s});
        Stage stage;
        stage.window().show();
        const QString shown = stage.find<QPushButton>(u"recent0Button"_s)->text();
        QVERIFY2(QKeySequence::mnemonic(shown).isEmpty(), qPrintable(shown));
        QCOMPARE(shown, u"/data/%1&&lt;&&a"_s);
        QCOMPARE(stage.dashboard.launcher().recentActions().constFirst()->text(), shown);
    }

    void theKeyboardFindsARowSelected()
    {
        Stage stage;
        stage.fake.fill(1000);
        QVERIFY(stage.open());
        stage.window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&stage.window()));
        LogView *log = stage.log();
        QTRY_COMPARE_WITH_TIMEOUT(log->model()->rowCount(), 1000, Patience);
        stage.session().append({"held up", u"3"_s, 0});
        WaitsView *waits = stage.waits();
        QTRY_COMPARE_WITH_TIMEOUT(waits->model()->rowCount(), 1, Patience);
        QVERIFY(!stage.action(u"release"_s)->isEnabled());
        QTest::keyClick(&stage.window(), Qt::Key_4, Qt::AltModifier);
        QTRY_VERIFY_WITH_TIMEOUT(stage.action(u"release"_s)->isEnabled(), Patience);

        QTest::keyClick(&stage.window(), Qt::Key_1, Qt::AltModifier);
        QTRY_VERIFY_WITH_TIMEOUT(log->table()->hasFocus(), Patience);
        QTest::keyClick(log->table(), Qt::Key_Up);
        QCOMPARE(log->table()->currentIndex().row(), 999); // up from the newest row, not down from the first
    }

    void aDialogGrowsForItsError()
    {
        Stage stage;
        stage.window().show();
        stage.dashboard.launcher().showConnectDialog();
        auto *dialog = stage.window().findChild<QDialog *>();
        QVERIFY(QTest::qWaitForWindowExposed(dialog));
        dialog->findChild<QLineEdit *>(u"address"_s)->setText(u"no port"_s);
        QTest::keyClick(dialog, Qt::Key_Return);
        QVERIFY(dialog->findChild<QWidget *>(u"error"_s)->isVisible());
        QVERIFY(dialog->height() >= dialog->layout()->totalHeightForWidth(dialog->width()));
        dialog->reject();
    }

    void theTimelineFollowsItsEnd()
    {
        Stage stage;
        QVERIFY(stage.open());
        stage.window().showPanel(u"timeline"_s);
        auto *events = stage.find<QTableView>(u"events"_s);
        const QScrollBar *bar = events->verticalScrollBar();
        const auto add = [&stage](int count) {
            for (int i = 0; i < count; ++i)
                stage.dashboard.events().add(
                    {EventKind::Action, QDateTime::currentDateTime(), u"s1"_s, u"happened"_s});
        };
        add(200);
        QTRY_VERIFY_WITH_TIMEOUT(bar->maximum() > 0 && bar->value() == bar->maximum(), Patience);
        // A smaller panel still shows the end.
        const int maximum = bar->maximum();
        auto *dock = stage.find<QDockWidget>(u"timeline"_s);
        stage.window().resizeDocks({dock}, {dock->height() - 60}, Qt::Vertical);
        QTRY_VERIFY_WITH_TIMEOUT(bar->maximum() > maximum && bar->value() == bar->maximum(), Patience);
        add(5);
        QTRY_VERIFY_WITH_TIMEOUT(bar->maximum() >= maximum + 5 && bar->value() == bar->maximum(), Patience);
        // When scrolled away, the view stays.
        events->scrollToTop();
        const int before = bar->maximum();
        add(5);
        QTRY_VERIFY_WITH_TIMEOUT(bar->maximum() >= before + 5, Patience);
        QCOMPARE(bar->value(), 0);
    }

    void dockButtonsStandOutInEveryTheme()
    {
        Stage stage;
        QVERIFY(stage.open());
        for (const auto theme : {Theme::Choice::Dark, Theme::Choice::Light}) {
            stage.window().theme().setChoice(theme);
            const QColor ground = QApplication::palette().color(QPalette::Window);
            for (const QString &name : {u"qt_dockwidget_closebutton"_s, u"qt_dockwidget_floatbutton"_s}) {
                auto *button =
                    stage.window().findChild<QDockWidget *>(u"waits"_s)->findChild<QWidget *>(name);
                QTRY_COMPARE_WITH_TIMEOUT(button->palette().color(QPalette::Window), ground, Patience);
                const QImage image = button->grab().toImage();
                QCOMPARE(image.pixelColor(0, 0), ground);
                int furthest = 0;
                for (int y = 0; y < image.height(); ++y) {
                    for (int x = 0; x < image.width(); ++x)
                        furthest = std::max(
                            furthest, std::abs(image.pixelColor(x, y).lightness() - ground.lightness()));
                }
                QVERIFY2(furthest > 125, qPrintable(u"%1 is %2 from its ground"_s.arg(name).arg(furthest)));
            }
        }
    }

    void aWalkIsReadInEveryTheme()
    {
        Stage stage;
        WalkEngine &walk = stage.dashboard.panels().walk()->engine();
        const WalkStep step{u"Step"_s, u"that it ends"_s, [] {},
                            [](const auto &report) {
                                report({WalkFinding::Verdict::AsExpected, u"It has ended."_s});
                            }};
        walk.begin({step, step});
        stage.window().show();
        stage.window().showPanel(u"walk"_s);
        const auto check = [&stage] {
            for (const auto theme : {Theme::Choice::Dark, Theme::Choice::Light}) {
                stage.window().theme().setChoice(theme);
                QCoreApplication::processEvents();
                const int ground = QApplication::palette().color(QPalette::Window).lightness();
                for (const QWidget *text : stage.dashboard.panels().walk()->findChildren<QWidget *>()) {
                    if (!qobject_cast<const QLabel *>(text) && !qobject_cast<const WrappedText *>(text))
                        continue;
                    const QColor ink = text->palette().color(text->foregroundRole());
                    QVERIFY2(std::abs(ink.lightness() - ground) > 60, qPrintable(text->objectName()));
                }
            }
        };
        check();
        walk.next();
        walk.next();
        QTRY_COMPARE_WITH_TIMEOUT(walk.state(), WalkEngine::State::Finished, Patience);
        check();
    }

    void everyShortcutMeansOneThing()
    {
        Stage stage;
        QHash<QKeySequence, QString> taken;
        const auto actions = stage.window().findChildren<QAction *>();
        for (const QAction *action : actions) {
            const auto keys = action->shortcuts();
            for (const QKeySequence &key : keys) {
                if (key.isEmpty() || action->shortcutContext() != Qt::WindowShortcut)
                    continue;
                QVERIFY2(!taken.contains(key), qPrintable(key.toString() + u": "_s + taken.value(key) +
                                                          u" and "_s + action->text()));
                taken.insert(key, action->text());
            }
        }
        QVERIFY(taken.size() > 15);
    }

    void everythingThatTakesKeysHasAName()
    {
        Stage stage;
        QVERIFY(stage.open());
        for (QWidget *part :
             std::initializer_list<QWidget *>{stage.log(), stage.nodes(), stage.waits(), stage.append()}) {
            const auto widgets = part->findChildren<QWidget *>();
            for (QWidget *widget : widgets) {
                const bool inner = qobject_cast<QAbstractSpinBox *>(widget->parentWidget()) ||
                                   qobject_cast<QAbstractScrollArea *>(widget->parentWidget()) ||
                                   widget->inherits("QHeaderView") ||
                                   widget->inherits("QComboBoxPrivateContainer") || !widget->isVisible();
                if (inner || !(widget->focusPolicy() & Qt::TabFocus) || qobject_cast<QLabel *>(widget))
                    continue;
                const auto *button = qobject_cast<QAbstractButton *>(widget);
                const QString name =
                    button && !button->text().isEmpty() ? button->text() : widget->accessibleName();
                QVERIFY2(!name.isEmpty(), qPrintable(QLatin1StringView(widget->metaObject()->className()) +
                                                     u' ' + widget->objectName()));
            }
        }
    }
};

int main(int argc, char **argv)
{
    return runGuiSuite<TestManners>(argc, argv);
}

#include "tst_manners.moc"
