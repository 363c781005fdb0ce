// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QList>
#include <QString>
#include <QStringList>

namespace replog {

// Output of replogctl. Texts from nodes are plain text on a terminal: control characters, and those that
// change the direction of text, are shown as escapes.
namespace ctloutput {

QString shown(const QString &text);
void line(const QString &text);       // to stdout, unchanged
void error(const QString &text);      // "replogctl: TEXT" to stderr
void json(const QJsonObject &object); // on one line, with such characters as escapes wherever it goes
void bytes(const QByteArray &data);   // unchanged
// A value of a document as a cell of a table: a number, a text, or "-".
QString cell(const QJsonValue &value);
QString seconds(const QJsonValue &milliseconds);
QStringList texts(const QJsonValue &list);
// Rows of cells below a heading, each column as wide as its widest cell.
void table(const QStringList &heading, const QList<QStringList> &rows);
// A message as one line: "ID  TEXT", escaped on a terminal.
void message(const QJsonObject &entry);
// Shows progress on stderr if that is a terminal; the next call overwrites it.
void progress(const QString &text);
bool showsProgress();
void flush();
// Whether nothing more arrives at stdout: its reader is gone, or something could not be written.
bool isGone();
// Writes what is left. The exit code: `code`, or Failed, with the reason told, where something was lost.
int finish(int code);

} // namespace ctloutput

} // namespace replog
