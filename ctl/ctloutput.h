// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QList>
#include <QString>
#include <QStringList>

namespace replog {

// What replogctl prints. All that comes from a node is plain text on a terminal: control characters, and
// those that turn the direction of text, are shown as escapes.
namespace ctloutput {

QString shown(const QString &text);
void line(const QString &text);       // to stdout, as it is
void error(const QString &text);      // "replogctl: TEXT" to stderr
void json(const QJsonObject &object); // a line of its own
void bytes(const QByteArray &data);   // as they are
// A value of a document as a cell of a table: a number, a text, or "-".
QString cell(const QJsonValue &value);
QString seconds(const QJsonValue &milliseconds);
QStringList texts(const QJsonValue &list);
// Rows of cells below a heading, each column as wide as its widest cell.
void table(const QStringList &heading, const QList<QStringList> &rows);
// A message as one line: "ID  TEXT", escaped where it goes to a terminal.
void message(const QJsonObject &entry);
// Progress of long work, on stderr if that is a terminal; the next call takes its place.
void progress(const QString &text);
void flush();

} // namespace ctloutput

} // namespace replog
