// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/matrix/logexportbutton.h"
#include "gui/matrix/logfilter.h"
#include "gui/theme/texts.h"

#include <QWidget>

class QAction;
class QCheckBox;
class QLineEdit;
class QMenu;

namespace replog {

class ColumnMenu;
class ElidedLabel;
class LogModel;
class LogTable;

// The log matrix with what belongs to it: filter, go to an id, follow the end, copy and export; a legend and
// counts below.
class LogView : public QWidget
{
    Q_OBJECT
public:
    // `session` must outlive the view.
    explicit LogView(ClusterSession &session, QWidget *parent = nullptr);

    MessagePages &pages() { return m_pages; }
    LogModel *model() const { return m_model; }
    LogTable *table() const { return m_table; }
    void addActionsTo(QMenu *menu);

    void setFilter(const QString &text);
    bool goTo(quint64 id);
    void copySelected();
    void exportTo(const QString &path, LogExporter::Format format) { m_export->exportTo(path, format); }

signals:
    void currentChanged(quint64 id); // the message of the current row
    // A notice for the user; an empty text removes the notice of that topic.
    void notice(const QString &topic, const QString &text, bool isError);

private:
    QWidget *makeTools();
    void makeActions();
    void setTexts();
    void handleGoTo();
    void handleFilterEdited();
    void showHits();
    void goToHit(bool next);
    void handleFirstId(quint64 firstId);
    void handleOtherTexts();
    void updateWaitsColumn();
    void updateStatus();
    void updateEmptyText();

    ClusterSession &m_session;
    MessagePages m_pages;
    LogFilter m_filter;
    MessageReader m_copyReader;
    LogModel *m_model;
    LogTable *m_table;
    QLineEdit *m_filterEdit = nullptr;
    QLineEdit *m_goToEdit = nullptr;
    QCheckBox *m_followBox = nullptr;
    LogExportButton *m_export = nullptr;
    ElidedLabel *m_status = nullptr;
    QAction *m_followAction = nullptr;
    QAction *m_filterAction = nullptr;
    QAction *m_goToAction = nullptr;
    QAction *m_nextAction = nullptr;
    QAction *m_previousAction = nullptr;
    QAction *m_onlyHits = nullptr;
    QAction *m_copyAction = nullptr;
    ColumnMenu *m_columns = nullptr;
    QTimer m_filterDelay;
    QTimer m_waitsDelay;
    QTimer m_waitsChanged;   // collects the changes of one status
    qint64 m_waitSeenMs = 0; // when a lasting wait was last seen, on the model's clock
    QList<quint64> m_hits;   // ids that the filter has found, ascending
    QString m_copied;
    QString m_filterProblem; // why the search is stuck; empty if it is not
    Texts m_texts;
};

} // namespace replog
