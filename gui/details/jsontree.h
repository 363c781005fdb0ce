// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QCoreApplication>
#include <QString>

class QTreeWidgetItem;

namespace replog {

// Fills a tree with JSON as it is written: numbers with all their digits, names as often as they occur and in
// their order. QJsonValue would round the numbers and keep one of each name.
class JsonTree
{
    Q_DECLARE_TR_FUNCTIONS(JsonTree)
public:
    // `json` is a well-formed object or array. At most `mostItems` items are made; a last item in each
    // container that has more tells how many are left out.
    static void fill(QTreeWidgetItem *root, const QByteArray &json, int mostItems);

private:
    JsonTree(const QByteArray &json, int room) : m_json(json), m_room(room) {}

    void addContents(QTreeWidgetItem *parent);
    void addValue(QTreeWidgetItem *parent, const QString &name);
    void skipSpace();
    bool take(char sign);
    QByteArray string(); // with its quotes
    QByteArray word();
    static QString decoded(const QByteArray &string);

    const QByteArray &m_json;
    qsizetype m_at = 0;
    int m_room;
};

} // namespace replog
