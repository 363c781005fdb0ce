// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"
#include "shared/base/clock.h"

#include <QJsonObject>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QObject>
#include <QPointer>
#include <QSslConfiguration>
#include <QTimer>

#include <functional>

class QNetworkAccessManager;

namespace replog {

// The result of a call.
struct CallResult
{
    int status = 0; // HTTP status; 0: no answer
    QByteArray body;
    QString error;         // one line for the user; empty if the status is 2xx
    bool timedOut = false; // the caller's limit was reached
    bool closed = false;   // the peer closed the connection instead of answering
    bool insecure = false; // no secure connection came about, such as for a certificate that is not trusted

    bool ok() const { return status >= 200 && status < 300; }
    QJsonObject json() const; // empty if the body is no JSON object
};

// The connection to one node: keeps its event stream open and reopens it, notices when the node goes silent,
// and makes calls, each with its own time limit. GUI thread; no call blocks.
class NodeClient : public QObject
{
    Q_OBJECT
public:
    using Done = std::function<void(const CallResult &)>;

    // `network` must outlive the client. The token goes to the addresses in `options.nodes` and to no other,
    // whatever a node or a redirection says.
    NodeClient(QNetworkAccessManager *network, const QUrl &url, const ClientOptions &options,
               QObject *parent = nullptr);
    ~NodeClient() override;

    QUrl url() const { return m_url; }
    void setUrl(const QUrl &url); // the node has another address now
    void start();
    void stop();         // no signals follow
    void reconnectNow(); // without waiting for the pause after a failure

    // `path` begins with a slash and may have a query. `limitMs` 0: no limit. `done` is called once from the
    // event loop, unless `context` is gone by then, also if the caller aborts the reply.
    QNetworkReply *call(const QByteArray &verb, const QString &path, const QByteArray &jsonBody, int limitMs,
                        QObject *context, Done done);
    // Opens an event stream of this node; the caller reads it and deletes it.
    QNetworkReply *openEvents(const QString &path);

signals:
    // Comes before the contactChanged() of the same answer, so that it can be judged before it is believed.
    void statusReceived(const QJsonObject &document);
    void contactChanged(replog::Contact contact, const QString &error);

private:
    void openStream();
    void closeStream();
    void readStream();
    void handleStreamEnd();
    void handleLine(QByteArrayView line);
    void handleProbe();
    void setContact(Contact contact, const QString &error);

    QNetworkAccessManager *m_network;
    QUrl m_url;
    ClientOptions m_options;
    QString m_tlsProblem; // why the TLS files cannot be used; empty if they can
    QSslConfiguration m_tls;
    QPointer<QNetworkReply> m_stream;
    QByteArray m_buffer;
    QByteArray m_event;
    QTimer m_reopen;
    QTimer m_probe;
    int m_failures = 0;
    bool m_probing = false;
    Contact m_contact = Contact::Never;
    QString m_error;
};

} // namespace replog
