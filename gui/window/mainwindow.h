// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/theme/texts.h"
#include "gui/widgets/noticebar.h"

#include <QDockWidget>
#include <QFont>
#include <QHash>
#include <QMainWindow>
#include <QSet>
#include <QTimer>

#include <functional>

class QLabel;
class QStackedWidget;

namespace replog {

class ClusterSession;
class StartPage;
class Theme;

// The window: the log matrix in the middle, everything else in docks around it. What is in it is put there by
// Panels and Dashboard, through addPanel(), menu() and the other calls below, before restoreLayout().
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    enum class Menu { Cluster, Node, Message, Walk, View, Help };
    using Severity = NoticeBar::Severity;

    // `session` must outlive the window.
    explicit MainWindow(ClusterSession &session, QWidget *parent = nullptr);
    ~MainWindow() override;

    ClusterSession &session() const { return m_session; }
    Theme &theme() const { return *m_theme; }
    // What the bar at the top says of a topic; empty if nothing.
    QString noticeText(const QString &topic) const;
    using Title = std::function<QString()>; // in the language of the moment
    enum class Needs { Cluster, Nothing };  // whether it has anything to show while no cluster is open
    struct Panel
    {
        QString name; // the object name, by which the place is remembered
        Title title;
        QWidget *widget = nullptr;
        Qt::DockWidgetArea area = Qt::BottomDockWidgetArea;
        QKeySequence shortcut = {}; // brings it to the front
        Needs needs = Needs::Cluster;
        QString below = {}; // name of a panel in the same area; empty: it is a tab among those of the area
    };
    // What is in the middle while a cluster is open.
    void setContent(QWidget *content);
    // The panel gets an entry in the View menu.
    QDockWidget *addPanel(const Panel &panel);
    void showPanel(const QString &name);
    // Actions are put in with QMenu::addAction, in the order of the calls.
    QMenu *menu(Menu which) const;
    Texts &texts() { return m_texts; }
    // How to begin: buttons of the empty window, and of the tool bar.
    void setStartActions(const QList<QAction *> &page, const QList<QAction *> &tools);
    // Clusters that were open before, for the empty window.
    void setRecentActions(const QList<QAction *> &actions);
    // Says something in the bar at the top, never in a dialog. The same `topic` replaces what was said
    // before; an empty text takes it away.
    void notify(const QString &topic, Severity severity, const QString &text);
    // Asked before the window closes; false keeps it open.
    void setCloseGuard(std::function<bool()> mayClose);
    // Puts docks and window where they were; the default arrangement the first time. Called once all panels
    // are in.
    void restoreLayout();

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void makeMenus();
    QDockWidget *makeDock(const Panel &panel);
    void updateTitleBars();
    void finishMenus();
    void handleOpened();
    void handleClosed();
    void updateTitle();
    void updateMaster();
    void hidePanels();
    void resetLayout();
    void setPresenting(bool presenting);

    ClusterSession &m_session;
    QHash<Menu, QMenu *> m_menus;
    QHash<QString, QDockWidget *> m_panels;
    QStringList m_panelOrder;
    QSet<QString> m_alwaysOfUse; // panels that need no cluster
    std::function<bool()> m_mayClose;
    Theme *m_theme;
    NoticeBar *m_notices = nullptr;
    StartPage *m_start = nullptr;
    QStackedWidget *m_central = nullptr;
    QToolBar *m_tools = nullptr;
    QMenu *m_panelsMenu = nullptr;
    QLabel *m_masterLabel = nullptr;
    QWidget *m_content = nullptr;
    Texts m_texts;
    QTimer m_titleBars;
    QByteArray m_defaultState;
    QAction *m_presenting = nullptr;
    QFont m_usualFont;       // while presenting
    QByteArray m_usualState; // of the panels, the same
    QByteArray m_openState;  // of the panels, kept while no cluster is open and they are hidden
};

} // namespace replog
