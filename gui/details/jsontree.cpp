// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/details/jsontree.h"

#include "gui/widgets/plaintext.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTreeWidgetItem>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr qsizetype NameCharacters = 160;
}

void JsonTree::fill(QTreeWidgetItem *root, const QByteArray &json, int mostItems)
{
    JsonTree tree(json, mostItems);
    if (json.startsWith("\xEF\xBB\xBF"))
        tree.m_at = 3; // Qt's parser reads over it, too
    tree.skipSpace();
    tree.addContents(root);
}

// Reads the container that begins here. A `parent` of nullptr: it is read over.
void JsonTree::addContents(QTreeWidgetItem *parent)
{
    const bool isObject = m_json[m_at] == '{';
    const char end = isObject ? '}' : ']';
    ++m_at;
    qsizetype count = 0;
    qsizetype shown = 0;
    while (m_at < m_json.size() && !take(end)) {
        const qsizetype before = m_at;
        QString name = QString::number(count);
        if (isObject) {
            skipSpace();
            const QByteArray key = string();
            if (parent && m_room > 0)
                name = decoded(key);
            take(':');
        }
        const bool hasRoom = parent && m_room > 0;
        addValue(hasRoom ? parent : nullptr, name);
        shown += hasRoom ? 1 : 0;
        ++count;
        take(',');
        if (m_at == before)
            break; // whatever it is, it is not what Qt's parser has read
    }
    if (!parent)
        return;
    parent->setText(1, (isObject ? u"{%1}"_s : u"[%1]"_s).arg(count));
    if (shown < count)
        new QTreeWidgetItem(parent, {u"…"_s, tr("%L1 more not shown").arg(count - shown)});
}

void JsonTree::addValue(QTreeWidgetItem *parent, const QString &name)
{
    skipSpace();
    QTreeWidgetItem *item = nullptr;
    if (parent) {
        --m_room;
        item = new QTreeWidgetItem(parent, {PlainText::oneLine(name, NameCharacters), QString()});
    }
    const char first = m_at < m_json.size() ? m_json[m_at] : ' ';
    if (first == '{' || first == '[') {
        addContents(item);
        return;
    }
    const QByteArray value = first == '"' ? string() : word();
    if (item)
        item->setText(1, PlainText::oneLine(first == '"' ? decoded(value) : QString::fromUtf8(value)));
}

void JsonTree::skipSpace()
{
    while (m_at < m_json.size() && QByteArrayView(" \t\r\n").contains(m_json[m_at]))
        ++m_at;
}

bool JsonTree::take(char sign)
{
    skipSpace();
    if (m_at >= m_json.size() || m_json[m_at] != sign)
        return false;
    ++m_at;
    return true;
}

QByteArray JsonTree::string()
{
    const qsizetype begin = m_at++;
    while (m_at < m_json.size() && m_json[m_at] != '"')
        m_at += m_json[m_at] == '\\' ? 2 : 1;
    m_at = std::min(m_at + 1, m_json.size());
    return m_json.mid(begin, m_at - begin);
}

QByteArray JsonTree::word()
{
    const qsizetype begin = m_at;
    while (m_at < m_json.size() && !QByteArrayView(",]} \t\r\n").contains(m_json[m_at]))
        ++m_at;
    return m_json.mid(begin, m_at - begin);
}

QString JsonTree::decoded(const QByteArray &string)
{
    return QJsonDocument::fromJson('[' + string + ']').array().at(0).toString();
}

} // namespace replog
