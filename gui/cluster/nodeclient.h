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

// What came of a call.
struct CallResult
{
    int status = 0; // 0: no answer at all
    QByteArray body;
    QString error;         // one line for a person; empty when status is 2xx
    bool timedOut = false; // by the limit of the caller
    bool closed = false;   // whoever is there hung up instead of answering

    bool ok() const { return status >= 200 && status < 300; }
    QJsonObject json() const; // empty when the body is no JSON object
};

// Speaks to one node: keeps its event stream open (again and again), notices when it goes silent, and makes
// calls, each with a time limit of its own. GUI thread; nothing here ever waits.
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
    void setUrl(const QUrl &url); // follows the node to another place
    void start();
    void stop();         // nothing is heard from it any more
    void reconnectNow(); // does not sit out the pause after a failure

    // `path` begins with a slash and may carry a query. `limitMs` 0: as long as it takes. `done` is called
    // once from the event loop, unless `context` is gone by then. The reply can be aborted, `done` then says
    // so.
    QNetworkReply *call(const QByteArray &verb, const QString &path, const QByteArray &jsonBody, int limitMs,
                        QObject *context, Done done);
    // An event stream of this node; the caller reads it and deletes it.
    QNetworkReply *openEvents(const QString &path);

signals:
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
    QString m_tlsProblem; // told before: whoever asks for a connection tries its files
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
