// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/matrix/logexporter.h"
#include "gui/theme/texts.h"

#include <QWidget>

class QAction;
class QPushButton;
class QToolButton;

namespace replog {

class ClusterModel;
class LogModel;

// Writes what the log matrix shows to a file that the user chooses. While that runs, the button cancels it.
class LogExportButton : public QWidget
{
    Q_OBJECT
public:
    // `cluster` and `log` must outlive the button.
    LogExportButton(MessagePages::Fetch fetch, const ClusterModel &cluster, const LogModel &log,
                    QWidget *parent = nullptr);

    // Exports all rows: the whole log, or the messages that the filter found.
    void exportTo(const QString &path, LogExporter::Format format);

signals:
    // A notice for the user; an empty text removes the one before.
    void notice(const QString &text, bool isError);

protected:
    // Keeps the keys of the exports from the fields that it is installed on.
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void setTexts();
    void ask(LogExporter::Format format);
    QString leftOut(quint64 first, quint64 last) const; // a sentence on it
    void end();

    const MessagePages::Fetch m_fetch;
    const ClusterModel &m_cluster;
    const LogModel &m_log;
    QToolButton *m_button;
    QPushButton *m_cancel;
    QAction *m_json;
    QAction *m_csv;
    LogExporter *m_exporter = nullptr;
    Texts m_texts;
};

} // namespace replog
