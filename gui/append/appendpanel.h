// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustersession.h"
#include "gui/theme/texts.h"

#include <QWidget>

class QAction;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;
class QSpinBox;

namespace replog {

class WrappedText;
class RequestsModel;
class RowTable;

// Sends messages and lists the state of each.
class AppendPanel : public QWidget
{
    Q_OBJECT
public:
    static constexpr int MaxCount = 1000;
    // Of a message: a QLineEdit lays out so many in some 40 ms, at each key.
    static constexpr int MostCharacters = 128 * 1024;

    // `session` must outlive the panel.
    explicit AppendPanel(ClusterSession &session, QWidget *parent = nullptr);

    RequestsModel *requests() const { return m_requests; }
    void addActionsTo(QMenu *menu);

signals:
    void shown(quint64 id); // the user wants to see this message in the log
    void focusRequested();  // the user wants to write a message: the panel should be seen

private:
    void makeForm();
    void makeList();
    void setTexts();
    void append();
    void updateConcerns();
    void updateState();
    QString chosenConcern() const;

    ClusterSession &m_session;
    RequestsModel *m_requests;
    QLineEdit *m_message = nullptr;
    QComboBox *m_concern = nullptr;
    QDoubleSpinBox *m_timeout = nullptr;
    QSpinBox *m_count = nullptr;
    bool m_isCut = false; // what was pasted did not fit
    QPushButton *m_send = nullptr;
    WrappedText *m_hint = nullptr;
    QLabel *m_summary = nullptr;
    RowTable *m_list = nullptr;
    QAction *m_append = nullptr;
    QAction *m_focus = nullptr;
    QAction *m_stopWaiting = nullptr;
    QAction *m_clear = nullptr;
    Texts m_texts;
};

} // namespace replog
