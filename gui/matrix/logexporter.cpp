// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logexporter.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// A spreadsheet takes a field that begins so for a formula.
bool looksLikeFormula(const QString &text)
{
    return !text.isEmpty() && u"=+-@\t\r\n"_s.contains(text.front());
}

// Quotes a field if RFC 4180 requires it. Text that a spreadsheet would compute gets an apostrophe before it.
QByteArray csvField(const QString &text)
{
    QByteArray field = (looksLikeFormula(text) ? u'\'' + text : text).toUtf8();
    if (field.contains('"') || field.contains(',') || field.contains('\n') || field.contains('\r') ||
        field.startsWith(' ') || field.endsWith(' '))
        field = '"' + field.replace('"', "\"\"") + '"';
    return field;
}

} // namespace

LogExporter::LogExporter(MessagePages::Fetch fetch, const QStringList &nodes, State state, QObject *parent)
    : QObject(parent), m_reader(std::move(fetch)), m_nodes(nodes), m_state(std::move(state))
{
    connect(&m_reader, &MessageReader::batch, this, &LogExporter::handleBatch);
    connect(&m_reader, &MessageReader::finished, this, [this] { handleEnd(0); });
    connect(&m_reader, &MessageReader::failed, this, [this](const QString &error, quint64 missingFrom) {
        if (missingFrom > 0 && m_written > 0) {
            handleEnd(missingFrom);
            return;
        }
        cancel();
        emit failed(error);
    });
}

void LogExporter::start(const QString &path, Format format, const QList<IdSpan> &spans)
{
    m_format = format;
    m_total = 0;
    m_written = 0;
    for (const IdSpan &span : spans)
        m_total += span.last - span.first + 1;
    m_file = std::make_unique<QSaveFile>(path);
    if (!m_file->open(QIODevice::WriteOnly)) {
        const QString error = m_file->errorString();
        m_file.reset();
        emit failed(tr("Cannot write %1: %2").arg(path, error));
        return;
    }
    m_file->write(header());
    m_reader.read(spans);
}

void LogExporter::cancel()
{
    m_reader.stop();
    if (m_file)
        m_file->cancelWriting();
    m_file.reset();
}

void LogExporter::handleBatch(const QList<LogMessage> &messages)
{
    for (const LogMessage &message : messages)
        m_file->write(line(message));
    m_written += quint64(messages.size());
    if (m_file->error() != QFileDevice::NoError) {
        const QString error = tr("Cannot write %1: %2").arg(m_file->fileName(), m_file->errorString());
        cancel();
        emit failed(error);
        return;
    }
    emit progressed(m_written, m_total);
}

void LogExporter::handleEnd(quint64 missingFrom)
{
    const QString path = m_file->fileName();
    const bool whole = m_file->commit();
    const QString error = m_file->errorString();
    m_file.reset();
    if (whole)
        emit finished(path, m_written, missingFrom);
    else
        emit failed(tr("Cannot write %1: %2").arg(path, error));
}

QByteArray LogExporter::header() const
{
    if (m_format == Format::JsonLines)
        return {};
    QByteArray line = "id,time,type,message,message_base64";
    for (const QString &node : m_nodes)
        line += ',' + csvField(node);
    return line + "\r\n";
}

// Bytes that are not UTF-8 are written in base64, in a member or column of their own, as in the API.
QByteArray LogExporter::line(const LogMessage &message) const
{
    const bool isText = message.binary.isEmpty();
    const QString encoded = QString::fromLatin1(message.binary.toBase64());
    if (m_format == Format::Csv) {
        const QByteArray time = message.timeMs < 0 ? QByteArray() : QByteArray::number(message.timeMs);
        QByteArray line = QByteArray::number(message.id) + ',' + time;
        for (const QString &field : {message.type, isText ? message.text : QString()})
            line += ',' + csvField(field);
        line += ',' + encoded.toLatin1();
        for (const QString &node : m_nodes)
            line += ',' + csvField(m_state(message, node));
        return line + "\r\n";
    }
    QJsonObject nodes;
    for (const QString &node : m_nodes)
        nodes.insert(node, m_state(message, node));
    QJsonObject object{{u"id"_s, qint64(message.id)}, {u"nodes"_s, nodes}};
    if (isText)
        object.insert("message"_L1, message.text);
    else
        object.insert("message_base64"_L1, encoded);
    if (message.epoch > 0)
        object.insert("epoch"_L1, qint64(message.epoch));
    if (message.timeMs >= 0)
        object.insert("time"_L1, message.timeMs);
    if (!message.type.isEmpty())
        object.insert("type"_L1, message.type);
    if (!message.headers.isEmpty())
        object.insert("headers"_L1, message.headers);
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

} // namespace replog
