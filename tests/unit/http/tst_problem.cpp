// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/problem.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

// The problem document of an error.
class TestProblem : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void statuses_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("status");
        const auto row = [](Errc code, int status, const char *what) {
            QTest::newRow(what) << int(code) << status;
        };
        row(Errc::InvalidArgument, 400, "invalid argument");
        row(Errc::NotFound, 404, "not found");
        row(Errc::Conflict, 409, "conflict");
        row(Errc::Diverged, 409, "diverged");
        row(Errc::StaleEpoch, 412, "stale epoch");
        row(Errc::PreconditionFailed, 412, "precondition failed");
        row(Errc::Gone, 410, "gone");
        row(Errc::TooLarge, 413, "too large");
        row(Errc::Exhausted, 503, "exhausted");
        row(Errc::NoSpace, 507, "no space");
        row(Errc::Unavailable, 503, "unavailable");
        row(Errc::Timeout, 504, "timeout");
        row(Errc::TooSlow, 408, "too slow");
        row(Errc::Unauthorized, 401, "unauthorized");
        row(Errc::Forbidden, 403, "forbidden");
        row(Errc::Misdirected, 421, "misdirected");
        row(Errc::UnsupportedMedia, 415, "unsupported media");
        row(Errc::KeyReused, 422, "key reused");
        row(Errc::Io, 500, "io");
        row(Errc::Corrupt, 500, "corrupt");
        row(Errc::InUse, 500, "in use");
        row(Errc::Protocol, 502, "protocol");
    }
    void statuses()
    {
        QFETCH(int, code);
        QFETCH(int, status);
        QCOMPARE(httpStatus(static_cast<Errc>(code)), status);
        const QByteArray json = problemJson(Error{static_cast<Errc>(code), u"why \"x\""_s}, "\"id\":7");
        const QJsonObject problem = QJsonDocument::fromJson(json).object();
        QCOMPARE(problem.keys(), (QStringList{u"detail"_s, u"id"_s, u"status"_s, u"title"_s, u"type"_s}));
        QCOMPARE(problem[u"type"_s].toString(), u"about:blank"_s);
        QCOMPARE(problem[u"status"_s].toInt(), status);
        QCOMPARE(problem[u"title"_s].toString().toLatin1(), httpReason(status));
        QVERIFY(httpReason(status) != "Unknown");
        QCOMPARE(problem[u"detail"_s].toString(), u"why \"x\""_s);
    }

    // Refusals by the HTTP layer may contain any text of the client.
    void refusalsAreBounded()
    {
        const QByteArray json = problemJson({431, QString(10'000, u'x'), QString(10'000, u'y')});
        const QJsonObject problem = QJsonDocument::fromJson(json).object();
        QCOMPARE(problem[u"status"_s].toInt(), 431);
        QCOMPARE(problem[u"detail"_s].toString().size(), 500);
        QCOMPARE(problem[u"field"_s].toString().size(), 500);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestProblem)
#include "tst_problem.moc"
