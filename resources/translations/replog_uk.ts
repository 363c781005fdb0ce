<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="uk_UA" sourcelanguage="en_US">
<context>
    <name>ClusterText</name>
    <message>
        <source>master</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>secondary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connecting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>healthy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>suspected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unhealthy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>gave up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read-only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fenced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>diverged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not answering</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unreachable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>frozen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing has been heard from this node yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The process runs; the node does not answer yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node runs and answers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node answers the master&apos;s heartbeats.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node missed a heartbeat of the master.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node missed several heartbeats; the master goes on trying.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The master has stopped trying. Use Retry Now, or restart the node.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fewer than a majority of the nodes are healthy: the master takes no messages.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another master with a higher epoch has taken over: this one takes no messages.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its committed history differs from the master&apos;s. It needs to be started with --reset.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its store has failed; it takes nothing more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection stands, but the node does not answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node cannot be reached.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its process is frozen: it exists, but does nothing until thawed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its process has been asked to stop.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its process does not run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n node(s) not known yet</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Language</name>
    <message>
        <source>As the &amp;System</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Walk</name>
    <message>
        <source>Append %1 with w=%2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read from the nodes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start the master and one secondary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both run, and the secondary joins the master. The second secondary stays down.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>OK at once: the master alone is enough.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>OK as soon as secondary-1 holds it too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its client waits: three nodes must hold it, and there are only two.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The master shows three messages, secondary-1 two: Msg3 is there, but not committed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>OK at once, though Msg3 still waits: a blocked client blocks nobody else.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The master shows four, secondary-1 still two: what comes after Msg3 is shown only after Msg3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start secondary-2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It catches up with the log; with it, three nodes hold Msg3, and its client is answered OK.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All three nodes show the four messages in the same order.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both run, and the secondary joins the master.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>OK: both nodes hold it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make secondary-1 fail after storing, and append Once with w=2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each delivery is stored and then answered with an error. The master cannot know; it tries again and again, and the client waits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look into the log of secondary-1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Once was delivered several times by now, and is there one time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let secondary-1 answer properly again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The next delivery is acknowledged, and the client is answered OK.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare the nodes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both show First and Once, each one time, and their logs have the same checksum.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kill the master (kill -9)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client of Patient loses its connection: it cannot know what became of its message.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start the master again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It comes back with a higher epoch, still knows its secondary, and takes up the wait: Patient was durable before anybody waited for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The master shows both messages, secondary-1 the first: Patient is not committed yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now three nodes hold Patient: it is committed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All three nodes show both messages, each one time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write concerns and total order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A message stored but never acknowledged is not doubled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The master is killed while a message waits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each client chooses how many nodes must hold its message before it is answered (w). Four messages show what that means for the client, for other clients, and for readers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A secondary stores what it is sent, but its answers get lost. The master has to send again; the secondary has to notice.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The master dies with kill -9 while a client waits for a third node. What it had stored, it must still know afterwards.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog</name>
    <message>
        <source>%1: each part of a command must be a text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: must be a command, as a text or as a list of texts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1.name: is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1.name: %2 is there twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1.url: must be like http://host:port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1.role: must be master or secondary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1.%2: no such field</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::AppendPanel</name>
    <message>
        <source>&amp;Append</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;New Message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text, may be empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many nodes must hold the message before it is answered, the master included</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long to wait for the answer; the message stays in the log all the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many requests to send, each with the text and a number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send it to the master (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Me&amp;ssage:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nodes (&amp;w):</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>T&amp;imeout:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;How many:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appends sent from here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop &amp;Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hang up the selected requests; their messages may be in the log all the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Clear Finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>majority</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No cluster yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No master is known yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The master does not answer now; what is sent will fail or wait.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Requests show here, newest first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 sent, %2 waiting</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::ChartsPanel</name>
    <message>
        <source>Appends</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>messages/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shown once messages are appended.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Append latency</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shown once appends are answered.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lag</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>messages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shown once the master knows a secondary.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Retries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>per second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>appends</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::ClusterFile</name>
    <message>
        <source>The file cannot be read: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line %1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nodes: must be a list of at least one node</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::ClusterLauncher</name>
    <message>
        <source>&amp;New Local Cluster…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start a master and secondaries on this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Connect…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watch a cluster that runs already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>C&amp;lose Cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Local Cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nodes of the local cluster are running. Stop them?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Their data lies in a temporary folder and goes with them. Nodes left running keep it, and the next start of the dashboard offers them again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nodes left running go on without the dashboard; its next start offers them again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop Them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Leave Them Running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping the local nodes…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (process %2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nodes Left Running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An earlier dashboard has left nodes of a local cluster running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1
Folder: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Take Them Over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Leave Them</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::ClusterSession</name>
    <message>
        <source>There is no master to send it to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No master is known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no node %1.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::CommandControl</name>
    <message>
        <source>“%1” is still running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The cluster file has no “start” command for this node.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The cluster file has no “stop” command for this node.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The cluster file has no “kill” command for this node.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The cluster file has no “freeze” command for this node.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The cluster file has no “thaw” command for this node.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ended by signal %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exit code %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” failed: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” failed: %2 (%3)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::ConnectDialog</name>
    <message>
        <source>Connect to a Cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Master&apos;s address:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Master&apos;s address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other nodes are found through the master.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cluster &amp;file:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cluster file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Browse…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A JSON file that names the nodes, and the commands that start, stop and kill them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address: give the master&apos;s host and port.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address: must be like http://host:port.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address: only http and https are spoken.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address: the port is missing (a master&apos;s usual one is 30000).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cluster file: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It does not answer: %1. It can be watched all the same, for when it comes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect &amp;Anyway</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That is a secondary. Give its master&apos;s address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something answers there, but it is no Replog node.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something answers there, but it is no Replog node (%1).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Connect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cluster File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cluster files (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::EventModel</name>
    <message>
        <source>cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>registered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>appended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>acked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>committed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>retry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>contact</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>epoch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>action</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>process</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>problem</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What happened</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::EventRecorder</name>
    <message>
        <source>%1 to %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is a member of the cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no longer a member of the cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 → %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the connection is lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the connection is lost: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>epoch %1 has begun</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the master&apos;s log has been cut back to %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>message %1 waits: %2 of %3 nodes hold it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>message %1 waits no longer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>message %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its log has been cut back from %1 to %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>holds message %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>everything up to message %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>retry %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the client of message %1 gave up waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an append failed: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an append was cancelled here; its message may be in the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stop (TERM)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kill (-9)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>freeze</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>thaw</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the process is starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the process runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the process is frozen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the process is stopping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the process has ended</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::FaultsDialog</name>
    <message>
        <source> %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Faults of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What %1 does to the master&apos;s deliveries, from now on until changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each delivery is taken up so much later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>D&amp;elay:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers 500 and stores nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fail &amp;before storing:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stores, and then answers 500 all the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fail &amp;after storing:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes the delivery and never answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Drop:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bloc&amp;k: refuse every delivery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;No Faults</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking the node…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 takes no faults: it was started without --enable-faults.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Setting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::LocalCluster</name>
    <message>
        <source>The program %1 is neither beside the dashboard nor on the PATH.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No temporary folder could be made: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another dashboard (process %1) has this cluster open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder cannot be made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder is not empty, and what it holds is no cluster.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Local cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This node is not one of the local cluster&apos;s.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start the master first: its address is not known before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is stopping already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is frozen already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not frozen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The process ended unexpectedly (%1).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The process ended unexpectedly (%1): %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::LocalNode</name>
    <message>
        <source>cannot write %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exit code %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ended by signal %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the process %1 is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ended</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::LogDelegate</name>
    <message>
        <source>(empty)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::LogExporter</name>
    <message>
        <source>Cannot write %1: %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::LogModel</name>
    <message>
        <source>committed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>held</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on its way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 · %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message %1 is held by %2 of the %3 nodes that its client asked for. It waits for: %4.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 holds message %2, and shows it to its readers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 holds message %2; it is not committed there yet, so readers of committed messages do not see it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 does not hold message %2 yet; it is on its way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 does not hold message %2, and cannot take it now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A client waits for this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (%2): %3
%4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waits for</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::LogTable</name>
    <message>
        <source>Waits for</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::LogView</name>
    <message>
        <source>Log matrix: messages by node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Messages cannot be read: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not copied: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Filter…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Go to Id…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow the &amp;End</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the newest message in view. Scrolling up lets go.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export as &amp;JSON Lines…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export as C&amp;SV…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter messages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter messages by text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the message with this id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow the end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write what is shown to a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An id is a whole number from 1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no message %1: the log ends at %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message %1 is not among those that the filter shows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too much to copy: at most %1 messages; export them instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>JSON lines (*.jsonl)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comma-separated values (*.csv)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exporting: %L1 of %L2 messages.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n message(s) written to %1.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Not exported: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>more are not looked for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>searched %1 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%L1 message(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>committed up to %L1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>No message contains “%1”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing has been heard from the master yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The log is empty. Append a message to see it arrive on every node.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::MainWindow</name>
    <message>
        <source>What Happened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Process Output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Charts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Guided Walk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tools</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No cluster yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start a cluster on this computer, or connect to one that runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Walk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Panels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the &amp;Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Append</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pending Waits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Reset the Layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;About Replog</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Replog</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replog dashboard %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows and drives a semi-synchronous replicated log.
Free software under the GNU General Public License, version 3 or later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About &amp;Qt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message %1 is not among those that the log shows now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 — Replog</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replog</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No master is known yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Master %1 · %2 · epoch %3 · %4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The master %1 at %2 cannot be reached: %3 Trying again.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::MessageReader</name>
    <message>
        <source>The master gave no messages from %1 on.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::NewClusterDialog</name>
    <message>
        <source>New Local Cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A master and its secondaries are started on this computer, as processes of the dashboard.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number of secondaries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Secondaries:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in a &amp;temporary folder, removed when the cluster is closed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in a &amp;folder that is kept:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Data:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder for the data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Browse…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>St&amp;art</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name a new or empty folder, or one that holds a cluster.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder: give the whole path, from / on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder: that is a file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>The folder holds a cluster of a master and %n secondary(s); it will be opened.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Folder: it is not empty, and what it holds is no cluster.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder for the Cluster&apos;s Data</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::NodeClient</name>
    <message>
        <source>The node answered %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connection refused: nothing listens at %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host %1 not found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node closed the connection.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No answer in time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node&apos;s address is not known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node does not answer.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::NodesModel</name>
    <message>
        <source>in %1 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Raised each time a master starts or takes over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node holds every message up to this one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Readers of this node see every message up to this one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many messages of the master&apos;s log the node does not hold yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deliveries the master has tried</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deliveries the master has tried again after a failure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failures in a row, up to now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When the master tries again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Committed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lag</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Retries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next attempt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last error</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::NodesView</name>
    <message>
        <source>Nodes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start the node&apos;s process</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask the process to end (SIGTERM): it answers its waiters and syncs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Kill</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End the process at once (SIGKILL), as a crash would</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free&amp;ze</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Halt the process (SIGSTOP): it holds its connections but does nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tha&amp;w</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let a frozen process go on (SIGCONT)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Retry Now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the master try this node at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Faults…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delay, fail or drop the master&apos;s deliveries to this node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For&amp;get…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the node out of the master&apos;s members</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a node first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing here can start or stop this node: the dashboard is only connected to it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The master does not replicate to itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The master cannot be reached.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The master does not have this node among its members.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only secondaries play faults.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node cannot be reached.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a node to see more of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 at %2: %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last error the master met: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not tried again: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget %1?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The master takes it out of its members and sends it nothing more. Messages that wait for it go on waiting. It comes back when it registers again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Forget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not forgotten: %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::NoticeBar</name>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::OutputPanel</name>
    <message>
        <source>Node whose output is shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output &amp;of:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Process output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No process output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The nodes of this cluster are not run from here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No process output yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the nodes&apos; processes print is shown here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the processes of a cluster print is shown here.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::RequestsModel</name>
    <message>
        <source>waiting, %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>OK after %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>timed out with %n ack(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>timed out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopped waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1. The message stays in the log and goes on being replicated.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>w=%1, timeout %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::Theme</name>
    <message>
        <source>As the &amp;System</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::TimelinePanel</name>
    <message>
        <source>Kinds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which kinds of events are shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show &amp;All</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Node whose events are shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter by text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter events by text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forgets the events shown so far</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Events</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What happens in the cluster is listed here, as far as the filters let it through.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All nodes</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::WaitsModel</name>
    <message>
        <source>It asks for %1 nodes, more than the master knows now. It goes on waiting for one to join.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Acks of w</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clients</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::WaitsView</name>
    <message>
        <source>&amp;Release…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in the &amp;Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pending concern waits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give up the wait: its clients are told that it was not satisfied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody waits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A message that asks for more nodes than hold it shows here until they do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first %1 of %2 waits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Release the wait for message %1?</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Release %n wait(s)?</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Release</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This breaks a promise: its clients asked for more nodes than hold the message now. They are told that it was given up. The message stays in the log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Held by %1 of %2 nodes; missing: %3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Release</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The wait for message %1 is not released: %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::WalkPanel</name>
    <message>
        <source>Guided walks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each plays on a fresh local cluster, step by step, says what to expect, and checks it. Choose one from the Walk menu.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Does the next step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Play</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Does one step after the other, with a pause before each</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ends the walk; the cluster stays open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begins the walk anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>All %n step(s) went as expected.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Step %1 did not go as expected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The walk was stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step %1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::WalkStage</name>
    <message>
        <source>nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the master does not answer yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 has not joined yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The master runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The master runs, and %1 has joined.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the client of %1 is still waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1: OK after %2, held by %n node(s).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 failed: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was answered OK, though it should wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the master does not tell of a wait for message %1 yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is held by %2 of %3 nodes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 waits: held by %2 of %3 nodes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the client of %1 still hopes for an answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was answered OK, though it should not be</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client of %1 lost its connection.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 does not answer: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 shows %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 shows %2 instead of %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 holds %2: each once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 holds %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n retry(s) so far.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The master is back, with epoch %1 after %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the master is not back yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The process of %1 is gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 still runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything up to message %1 is committed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The logs of %1 and %2 have the same checksum.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the logs of %1 and %2 differ</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>replog::WalkStepRow</name>
    <message>
        <source>Expect: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>to come</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>looking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as expected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not as expected</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
