// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/metrics.h"

#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

using namespace replog;
using namespace Qt::StringLiterals;

class TestMetrics : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void writesPrometheusText()
    {
        MetricsRegistry registry;
        registry.counter("replog_appends_total", "Appends.", {{"result", "ok"}}).add(3);
        registry.counter("replog_appends_total", "Appends.", {{"result", "ok"}}).add();
        registry.gauge("replog_last_id", "Last id.", [] { return 7.5; });
        registry.gauge("replog_lag_entries", "Lag.", [] { return 2.0; });
        registry.gauges("replog_node_lag_entries", "Lag by node.",
                        [](const MetricsRegistry::Emit &emitSample) {
                            emitSample({{"node", "s\"1\\\n"}}, 1);
                        });
        Histogram &latency = registry.histogram("replog_append_seconds", "Latency.", {0.1, 1});
        latency.observe(0.1);
        latency.observe(0.5);
        latency.observe(3);
        const QByteArray expected = "# HELP replog_append_seconds Latency.\n"
                                    "# TYPE replog_append_seconds histogram\n"
                                    "replog_append_seconds_bucket{le=\"0.1\"} 1\n"
                                    "replog_append_seconds_bucket{le=\"1\"} 2\n"
                                    "replog_append_seconds_bucket{le=\"+Inf\"} 3\n"
                                    "replog_append_seconds_sum 3.6\n"
                                    "replog_append_seconds_count 3\n"
                                    "# HELP replog_appends_total Appends.\n"
                                    "# TYPE replog_appends_total counter\n"
                                    "replog_appends_total{result=\"ok\"} 4\n"
                                    "# HELP replog_lag_entries Lag.\n"
                                    "# TYPE replog_lag_entries gauge\n"
                                    "replog_lag_entries 2\n"
                                    "# HELP replog_last_id Last id.\n"
                                    "# TYPE replog_last_id gauge\n"
                                    "replog_last_id 7.5\n"
                                    "# HELP replog_node_lag_entries Lag by node.\n"
                                    "# TYPE replog_node_lag_entries gauge\n"
                                    "replog_node_lag_entries{node=\"s\\\"1\\\\\\n\"} 1\n";
        QCOMPARE(registry.text(), expected);
    }

    void pleasesPromtool()
    {
        const QString promtool = QStandardPaths::findExecutable(u"promtool"_s);
        if (promtool.isEmpty())
            QSKIP("promtool is not installed (Debian package prometheus)");
        MetricsRegistry registry;
        registry.counter("replog_appends_total", "Appends.", {{"result", "a \"quoted\" one"}}).add();
        registry.gauge("replog_last_id", "Last id.", [] { return 1e18; });
        registry.histogram("replog_append_seconds", "Latency.", Histogram::latencyBounds()).observe(0.01);
        QProcess check;
        check.start(promtool, {u"check"_s, u"metrics"_s});
        check.write(registry.text());
        check.closeWriteChannel();
        QVERIFY(check.waitForFinished(60000));
        const QByteArray said = check.readAllStandardError() + check.readAllStandardOutput();
        QVERIFY2(check.exitCode() == 0 && said.isEmpty(), said.constData());
    }
};

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
