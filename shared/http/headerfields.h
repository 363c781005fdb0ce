// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QVarLengthArray>

namespace replog {

// The header fields of one request: views into one copy of the head, so that a request costs one allocation
// however many fields there are. Names are in lower case. Copies share the text.
class HeaderFields
{
public:
    struct Field
    {
        QByteArrayView name;
        QByteArrayView value; // without white space around it
    };

    // Copies `head` for fields to point into; earlier fields are gone.
    char *setText(QByteArrayView head);
    // Adds a field whose text is in that copy.
    void add(QByteArrayView name, QByteArrayView value);
    // Adds one whose text is not, with its name in lower case.
    void append(QByteArrayView name, QByteArrayView value);
    // Gives a field another value from that copy.
    void setValue(qsizetype i, QByteArrayView value);

    qsizetype size() const { return m_places.size(); }
    Field at(qsizetype i) const;
    // The value of the first field of that name; null if there is none.
    QByteArrayView value(QByteArrayView lowerCaseName) const;
    bool contains(QByteArrayView lowerCaseName) const { return !value(lowerCaseName).isNull(); }

private:
    struct Place
    {
        quint32 name, nameSize, value, valueSize;
    };

    QByteArray m_text;
    QVarLengthArray<Place, 8> m_places;
};

} // namespace replog
