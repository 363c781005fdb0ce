// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/matrix/messagereader.h"

#include <QSaveFile>

#include <functional>
#include <memory>

namespace replog {

// Writes messages with their state on each node to a file, in bounded memory: as JSON lines, with the members
// that the API has and "nodes" ({name: state}), or as CSV, without headers and with a column a node. Bytes
// that are not UTF-8 are exported without loss. In CSV, what a spreadsheet would take for a formula gets an
// apostrophe before it. The file appears only when it is complete. GUI thread.
class LogExporter : public QObject
{
    Q_OBJECT
public:
    enum class Format { JsonLines, Csv };
    // The word that the file has for a message's state on a node.
    using State = std::function<QString(const LogMessage &message, const QString &node)>;

    LogExporter(MessagePages::Fetch fetch, const QStringList &nodes, State state, QObject *parent = nullptr);

    void start(const QString &path, Format format, const QList<IdSpan> &spans);
    void cancel();

signals:
    void progressed(quint64 written, quint64 total);
    // `missingFrom`: the messages from there on are left out, as the node that is read does not hold them; 0:
    // none is.
    void finished(const QString &path, quint64 written, quint64 missingFrom);
    void failed(const QString &error);

private:
    void handleBatch(const QList<LogMessage> &messages);
    void handleEnd(quint64 missingFrom);
    QByteArray header() const;
    QByteArray line(const LogMessage &message) const;

    MessageReader m_reader;
    QStringList m_nodes;
    State m_state;
    Format m_format = Format::JsonLines;
    std::unique_ptr<QSaveFile> m_file;
    quint64 m_total = 0;
    quint64 m_written = 0;
};

} // namespace replog
