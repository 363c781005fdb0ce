// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/jsontext.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

#include <limits>
#include <random>

using namespace Qt::StringLiterals;

namespace replog {

class TestJsonText : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void strings_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("empty") << ""_ba
                               << "\"\""_ba;
        QTest::newRow("plain") << "abc"_ba
                               << "\"abc\""_ba;
        QTest::newRow("quotes") << "a\"b\\c/d"_ba
                                << "\"a\\\"b\\\\c/d\""_ba;
        QTest::newRow("lines") << "a\n\r\tb"_ba
                               << "\"a\\n\\r\\tb\""_ba;
        QTest::newRow("controls") << QByteArray("\0\x01\x1f\x7f", 4)
                                  << QByteArray("\"\\u0000\\u0001\\u001f\x7f\"");
        QTest::newRow("utf-8") << "Ї 漢 🙂"_ba
                               << "\"Ї 漢 🙂\""_ba;
        QTest::newRow("byte order mark") << "\xef\xbb\xbf\n\xef\xbb\xbf"_ba
                                         << "\"\\ufeff\\n\xef\xbb\xbf\""_ba;
        QTest::newRow("not all of one") << "\xef\xbb\xbe"_ba
                                        << "\"\xef\xbb\xbe\""_ba;
    }

    void strings()
    {
        QFETCH(QByteArray, text);
        QByteArray out = ">";
        appendJsonString(out, text);
        QTEST(out.mid(1), "json");
    }

    void anyTextComesBack()
    {
        std::mt19937_64 random(1);
        for (int i = 0; i < 500; ++i) {
            QString text;
            for (auto n = random() % 40; n > 0; --n) {
                const char32_t c = static_cast<char32_t>(random() % 4 ? random() % 128 : random() % 0x11000);
                if (c < 0xd800 || c > 0xdfff)
                    text.append(QString::fromUcs4(&c, 1));
            }
            QByteArray out = "[";
            appendJsonString(out, text.toUtf8());
            out.append(']');
            QCOMPARE(QJsonDocument::fromJson(out).array()[0].toString(), text);
        }
    }

    // Qt's parser, which the dashboard and replogctl use, drops one that begins a string, unless it is
    // escaped.
    void aByteOrderMarkComesBack()
    {
        const QString text = QString(QChar(0xFEFF)) + u"Ї"_s;
        QByteArray out = "[";
        appendJsonString(out, text.toUtf8());
        out.append(']');
        QCOMPARE(QJsonDocument::fromJson(out).array()[0].toString(), text);
    }

    void numbers()
    {
        QByteArray out;
        appendJsonName(out, "last_id");
        appendNumber(out, std::numeric_limits<quint64>::max());
        appendNumber(out, 0);
        QCOMPARE(out, "\"last_id\":184467440737095516150"_ba);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestJsonText)
#include "tst_jsontext.moc"
