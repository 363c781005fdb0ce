// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/control/launcherwindow.h"
#include "gui/theme/texts.h"

#include <QDockWidget>
#include <QFont>
#include <QHash>
#include <QSet>
#include <QTimer>

#include <functional>

class QStackedWidget;

namespace replog {

class ElidedLabel;
class StartPage;
class Theme;
struct NodeInfo;

// The window: the log matrix in the middle, everything else in docks around it. Panels and Dashboard fill it
// with addPanel(), menu() and the other calls below, before restoreLayout().
class MainWindow : public LauncherWindow
{
    Q_OBJECT
public:
    enum class Menu { Cluster, Node, Message, Walk, View, Help };

    // `session` must outlive the window.
    explicit MainWindow(ClusterSession &session, QWidget *parent = nullptr);
    ~MainWindow() override;

    ClusterSession &session() const override { return m_session; }
    Theme &theme() const { return *m_theme; }
    // The notice of a topic in the bar at the top; empty if there is none.
    QString noticeText(const QString &topic) const;
    using Title = std::function<QString()>; // returns the title in the current language
    enum class Needs { Cluster, Nothing };  // Nothing: the panel is useful without a cluster, too
    struct Panel
    {
        QString name; // the object name; the stored layout refers to it
        Title title;
        QWidget *widget = nullptr;
        Qt::DockWidgetArea area = Qt::BottomDockWidgetArea;
        QKeySequence shortcut = {}; // shows the panel in front
        Needs needs = Needs::Cluster;
        QString below = {}; // name of a panel in the same area; empty: a tab in that area
    };
    // The central widget while a cluster is open.
    void setContent(QWidget *content);
    // Adds a panel, with an entry in the View menu.
    QDockWidget *addPanel(const Panel &panel);
    void showPanel(const QString &name);
    // Add actions with QMenu::addAction(); they keep the order of the calls.
    QMenu *menu(Menu which) const;
    QMenu *clusterMenu() const override { return menu(Menu::Cluster); }
    Texts &texts() { return m_texts; }
    // The first actions of a user: `page` as buttons of the empty window, `tools` in the tool bar.
    void setStartActions(const QList<QAction *> &page, const QList<QAction *> &tools);
    // Recent clusters, for the empty window.
    void setRecentActions(const QList<QAction *> &actions);
    void notify(const QString &topic, Severity severity, const QString &text) override;
    void setCloseGuard(std::function<bool()> mayClose) override;
    // Restores the stored layout of window and docks, or sets the default one. Call it once, when all panels
    // are added.
    void restoreLayout();

signals:
    void presentingChanged(bool presenting); // large type, seen from afar

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
    static QString whyLost(const NodeInfo &node);
    void hidePanels();
    void hidePanelsOfNoAudience();
    bool isUsualLayout() const; // the docks are as the user keeps them for an open cluster
    void resetLayout();
    void setPresenting(bool presenting);
    void giveSizeBack(const QByteArray &geometry, int turns);

    ClusterSession &m_session;
    QHash<Menu, QMenu *> m_menus;
    QHash<QString, QDockWidget *> m_panels;
    QStringList m_panelOrder;
    QSet<QString> m_alwaysOfUse; // names of panels that need no cluster
    std::function<bool()> m_mayClose;
    Theme *m_theme;
    NoticeBar *m_notices = nullptr;
    StartPage *m_start = nullptr;
    QStackedWidget *m_central = nullptr;
    QToolBar *m_tools = nullptr;
    QMenu *m_panelsMenu = nullptr;
    ElidedLabel *m_masterLabel = nullptr;
    QWidget *m_content = nullptr;
    Texts m_texts;
    QTimer m_titleBars;
    QByteArray m_defaultState;
    QAction *m_presenting = nullptr;
    QFont m_usualFont;          // the normal font, while presenting
    QByteArray m_usualGeometry; // likewise
    QByteArray m_openState; // the usual layout for an open cluster, while none is open or while presenting
};

} // namespace replog
