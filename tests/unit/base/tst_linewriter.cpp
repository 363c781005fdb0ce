// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/linewriter.h"
#include "shared/base/standardstreams.h"

#include <QTest>

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

using namespace replog;
using namespace Qt::StringLiterals;

namespace {

QByteArray lostLine(quint64 lost)
{
    return "lost " + QByteArray::number(lost) + '\n';
}

} // namespace

class TestLineWriter : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { prepareStandardStreams(); }
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        QCOMPARE(::pipe2(m_pipe, O_CLOEXEC), 0);
    }
    void cleanup()
    {
        closeReader();
        ::close(m_pipe[1]);
    }

    void writesInOrder()
    {
        LineWriter writer(m_pipe[1], 1000, lostLine);
        writer.write("a\n");
        writer.write("b\n");
        QVERIFY(writer.flush(60000));
        QCOMPARE(readUpTo("b\n"), QByteArray("a\nb\n"));
        QCOMPARE(writer.lost(), quint64(0));
    }

    // Logging never blocks although nobody reads; a line reports how many were lost.
    void neverWaitsForTheReader()
    {
        const QByteArray line(1000, 'x');
        constexpr int Lines = 1000; // more than queue and pipe hold
        ::fcntl(m_pipe[1], F_SETPIPE_SZ, 4096);
        LineWriter writer(m_pipe[1], 10000, lostLine);
        for (int i = 0; i < Lines; ++i)
            writer.write(line + '\n');
        const quint64 lost = writer.lost();
        QVERIFY(lost > 0);
        QVERIFY(!writer.flush(0));
        QByteArray read;
        while (read.count('x') < (Lines - int(lost)) * line.size())
            read += readOnce();
        QVERIFY(writer.flush(60000));
        writer.write("the end\n");
        read += readUpTo("the end\n");
        quint64 told = 0;
        for (const QByteArray &each : read.split('\n')) {
            QVERIFY(each.isEmpty() || each == line || each == "the end" || each.startsWith("lost "));
            if (each.startsWith("lost "))
                told += each.mid(5).toULongLong();
        }
        QCOMPARE(told, lost);
        QVERIFY(read.endsWith("\nthe end\n"));
    }

    void outlivesTheReader()
    {
        LineWriter writer(m_pipe[1], 10000, lostLine);
        closeReader();
        writer.write("a\n");
        QVERIFY(writer.flush(60000));
        QCOMPARE(writer.lost(), quint64(1));
    }

    void endsWhileNobodyReads()
    {
        const int flags = ::fcntl(m_pipe[1], F_GETFL);
        ::fcntl(m_pipe[1], F_SETFL, flags | O_NONBLOCK);
        const QByteArray full(4096, 'x');
        while (::write(m_pipe[1], full.constData(), size_t(full.size())) > 0) {
        }
        QVERIFY(!writeLine(m_pipe[1], "a line\n", 0));
        ::fcntl(m_pipe[1], F_SETFL, flags);
        QVERIFY(!writeLine(m_pipe[1], "a line\n", 0));
        {
            LineWriter writer(m_pipe[1], 10000, lostLine);
            writer.write("a\n");
        }
        closeReader(); // ends the writer's thread
        QVERIFY(!writeLine(m_pipe[1], "a line\n", 0));
    }

private:
    QByteArray readOnce()
    {
        char buffer[4096];
        const ssize_t count = ::read(m_pipe[0], buffer, sizeof buffer);
        return QByteArray(buffer, std::max<ssize_t>(count, 0));
    }
    QByteArray readUpTo(const QByteArray &end)
    {
        QByteArray all;
        while (!all.endsWith(end))
            all += readOnce();
        return all;
    }
    void closeReader()
    {
        if (m_pipe[0] >= 0)
            ::close(std::exchange(m_pipe[0], -1));
    }

    int m_pipe[2] = {-1, -1};
};

QTEST_GUILESS_MAIN(TestLineWriter)
#include "tst_linewriter.moc"
