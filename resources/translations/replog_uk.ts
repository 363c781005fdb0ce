<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="uk_UA" sourcelanguage="en_US">
<context>
    <name>ClusterFile</name>
    <message>
        <source>%1: each part of a command must be a text</source>
        <translation>%1: кожна частина команди має бути текстом</translation>
    </message>
    <message>
        <source>%1: must be a command, as a text or as a list of texts</source>
        <translation>%1: має бути команда — як текст або як список текстів</translation>
    </message>
    <message>
        <source>%1.name: is missing</source>
        <translation>%1.name: відсутнє</translation>
    </message>
    <message>
        <source>%1.name: %2 is there twice</source>
        <translation>%1.name: %2 трапляється двічі</translation>
    </message>
    <message>
        <source>%1.url: must be like http://host:port</source>
        <translation>%1.url: має бути на зразок http://host:port</translation>
    </message>
    <message>
        <source>%1.role: must be master or secondary</source>
        <translation>%1.role: має бути master або secondary</translation>
    </message>
    <message>
        <source>%1.%2: no such field</source>
        <translation>%1.%2: такого поля немає</translation>
    </message>
    <message>
        <source>The file cannot be read: %1</source>
        <translation>Файл не вдається прочитати: %1</translation>
    </message>
    <message>
        <source>Line %1: %2</source>
        <translation>Рядок %1: %2</translation>
    </message>
    <message>
        <source>nodes: must be a list of at least one node</source>
        <translation>nodes: має бути список щонайменше з одного вузла</translation>
    </message>
    <message>
        <source>%1.name: must be shorter than %2 characters</source>
        <translation>%1.name: має бути коротше за %2 символів</translation>
    </message>
    <message>
        <source>The file is longer than 1 MB</source>
        <translation>Файл довший за 1 МБ</translation>
    </message>
    <message>
        <source>nodes: must be at most %1</source>
        <translation>nodes: не більше %1</translation>
    </message>
</context>
<context>
    <name>ClusterText</name>
    <message>
        <source>master</source>
        <translation>головний</translation>
    </message>
    <message>
        <source>secondary</source>
        <translation>вторинний</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>невідомо</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>з’єднується</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>запускається</translation>
    </message>
    <message>
        <source>running</source>
        <translation>працює</translation>
    </message>
    <message>
        <source>healthy</source>
        <translation>справний</translation>
    </message>
    <message>
        <source>suspected</source>
        <translation>під підозрою</translation>
    </message>
    <message>
        <source>unhealthy</source>
        <translation>несправний</translation>
    </message>
    <message>
        <source>gave up</source>
        <translation>спроби припинено</translation>
    </message>
    <message>
        <source>read-only</source>
        <translation>лише читання</translation>
    </message>
    <message>
        <source>fenced</source>
        <translation>усунутий</translation>
    </message>
    <message>
        <source>diverged</source>
        <translation>розійшовся</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>збій</translation>
    </message>
    <message>
        <source>not answering</source>
        <translation>не відповідає</translation>
    </message>
    <message>
        <source>unreachable</source>
        <translation>недосяжний</translation>
    </message>
    <message>
        <source>frozen</source>
        <translation>заморожений</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>зупиняється</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>зупинений</translation>
    </message>
    <message>
        <source>Nothing has been heard from this node yet.</source>
        <translation>Від цього вузла ще нічого не чути.</translation>
    </message>
    <message>
        <source>The process runs; the node does not answer yet.</source>
        <translation>Процес працює, але вузол ще не відповідає.</translation>
    </message>
    <message>
        <source>The node runs and answers.</source>
        <translation>Вузол працює й відповідає.</translation>
    </message>
    <message>
        <source>The node answers the master&apos;s heartbeats.</source>
        <translation>Вузол відповідає на сигнали головного.</translation>
    </message>
    <message>
        <source>The node missed a heartbeat of the master.</source>
        <translation>Вузол пропустив сигнал головного.</translation>
    </message>
    <message>
        <source>The node missed several heartbeats; the master goes on trying.</source>
        <translation>Вузол пропустив кілька сигналів; головний пробує далі.</translation>
    </message>
    <message>
        <source>The master has stopped trying. Use Retry Now, or restart the node.</source>
        <translation>Головний припинив спроби. Натисніть «Повторити зараз» або перезапустіть вузол.</translation>
    </message>
    <message>
        <source>Its committed history differs from the master&apos;s. It needs to be started with --reset.</source>
        <translation>Його зафіксована історія відрізняється від історії головного. Його треба запустити з --reset.</translation>
    </message>
    <message>
        <source>Its store has failed; it takes nothing more.</source>
        <translation>Його сховище відмовило; він більше нічого не приймає.</translation>
    </message>
    <message>
        <source>The connection stands, but the node does not answer.</source>
        <translation>З’єднання є, але вузол не відповідає.</translation>
    </message>
    <message>
        <source>The node cannot be reached.</source>
        <translation>Вузол недосяжний.</translation>
    </message>
    <message>
        <source>Its process is frozen: it exists, but does nothing until thawed.</source>
        <translation>Його процес заморожено: він існує, але нічого не робить, доки його не розморозять.</translation>
    </message>
    <message>
        <source>Its process has been asked to stop.</source>
        <translation>Його процес попросили зупинитися.</translation>
    </message>
    <message>
        <source>Its process does not run.</source>
        <translation>Його процес не працює.</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 с</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 хв %2 с</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 год %2 хв</translation>
    </message>
    <message>
        <source>%1 d %2 h</source>
        <translation>%1 дн. %2 год</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 мс</translation>
    </message>
    <message numerus="yes">
        <source>%n node(s) not known yet</source>
        <translation>
            <numerusform>ще %n невідомий вузол</numerusform>
            <numerusform>ще %n невідомі вузли</numerusform>
            <numerusform>ще %n невідомих вузлів</numerusform>
        </translation>
    </message>
    <message>
        <source>majority</source>
        <translation>більшість</translation>
    </message>
    <message>
        <source>all</source>
        <translation>усі</translation>
    </message>
    <message>
        <source>The master does not take it as a member.</source>
        <translation>Головний вузол не приймає його до кластера.</translation>
    </message>
    <message>
        <source>Another node answers at its address.</source>
        <translation>За його адресою відповідає інший вузол.</translation>
    </message>
    <message>
        <source>It is too old for what the master&apos;s log holds.</source>
        <translation>Він застарий для того, що містить журнал головного вузла.</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>не прийнято</translation>
    </message>
    <message>
        <source>misdirected</source>
        <translation>чужа адреса</translation>
    </message>
    <message>
        <source>incompatible</source>
        <translation>несумісний</translation>
    </message>
    <message>
        <source>version %1</source>
        <translation>версія %1</translation>
    </message>
    <message>
        <source>up for %1</source>
        <translation>працює %1</translation>
    </message>
    <message>
        <source>store %1</source>
        <translation>сховище %1</translation>
    </message>
    <message>
        <source>%1 free</source>
        <translation>вільно %1</translation>
    </message>
    <message>
        <source>grows by %1 a day</source>
        <translation>зростає на %1 за добу</translation>
    </message>
    <message>
        <source>full in %1</source>
        <translation>заповниться через %1</translation>
    </message>
    <message>
        <source>keeps messages from %1 on</source>
        <translation>зберігає повідомлення від %1</translation>
    </message>
    <message>
        <source>Node id %1</source>
        <translation>Ідентифікатор вузла %1</translation>
    </message>
    <message>
        <source>Faults that it plays: %1</source>
        <translation>Увімкнені збої: %1</translation>
    </message>
    <message>
        <source>Last error the master met: %1</source>
        <translation>Остання помилка, яку побачив головний вузол: %1</translation>
    </message>
    <message>
        <source>Last error the master met, at %1: %2</source>
        <translation>Остання помилка, яку побачив головний вузол, %1: %2</translation>
    </message>
    <message>
        <source>It takes no new messages.</source>
        <translation>Він не приймає нових повідомлень.</translation>
    </message>
    <message>
        <source>It takes no messages, and delivers none.</source>
        <translation>Він не приймає повідомлень і не доставляє їх.</translation>
    </message>
</context>
<context>
    <name>JsonTree</name>
    <message>
        <source>%L1 more not shown</source>
        <translation>ще %L1 не показано</translation>
    </message>
</context>
<context>
    <name>Language</name>
    <message>
        <source>As the &amp;System</source>
        <translation>Як у &amp;системі</translation>
    </message>
</context>
<context>
    <name>LogIdentity</name>
    <message>
        <source>It holds another log than this cluster&apos;s.</source>
        <translation>Він має інший журнал, не цього кластера.</translation>
    </message>
    <message>
        <source>Another node answers at its address, with another log: %1.</source>
        <translation>За його адресою відповідає інший вузол, з іншим журналом: %1.</translation>
    </message>
    <message>
        <source>Another node answers at its address: %1.</source>
        <translation>За його адресою відповідає інший вузол: %1.</translation>
    </message>
    <message>
        <source>it tells no name</source>
        <translation>імені не називає</translation>
    </message>
</context>
<context>
    <name>LogQuery</name>
    <message>
        <source>The regular expression is wrong: %1</source>
        <translation>Помилка в регулярному виразі: %1</translation>
    </message>
    <message>
        <source>“%1” names no ids: like id:7, id:10..20, id:10..</source>
        <translation>«%1» не називає номерів: пишіть id:7, id:10..20, id:10..</translation>
    </message>
</context>
<context>
    <name>MessageFacts</name>
    <message>
        <source>… %L1 more byte(s)</source>
        <translation>… ще %L1 байт(ів)</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Номер</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Розмір</translation>
    </message>
    <message numerus="yes">
        <source>%L1 byte(s)</source>
        <translation>
            <numerusform>%L1 байт</numerusform>
            <numerusform>%L1 байти</numerusform>
            <numerusform>%L1 байтів</numerusform>
        </translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Час</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Тип</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>Епоха</translation>
    </message>
    <message>
        <source>Asked for</source>
        <translation>Запитано</translation>
    </message>
    <message>
        <source>w=%1</source>
        <translation>w=%1</translation>
    </message>
    <message>
        <source>Acks</source>
        <translation>Підтвердження</translation>
    </message>
    <message>
        <source>%1, satisfied</source>
        <translation>%1, виконано</translation>
    </message>
    <message>
        <source>%1, it waits</source>
        <translation>%1, чекає</translation>
    </message>
    <message>
        <source>Further headers</source>
        <translation>Інші заголовки</translation>
    </message>
    <message>
        <source>known to the master alone</source>
        <translation>їх знає лише головний вузол</translation>
    </message>
    <message>
        <source>%1, released</source>
        <translation>%1, звільнено</translation>
    </message>
    <message>
        <source>%1 known of so far</source>
        <translation>поки відомо про %1</translation>
    </message>
</context>
<context>
    <name>RunRecord</name>
    <message>
        <source>cannot write %1: %2</source>
        <translation>не вдалося записати %1: %2</translation>
    </message>
    <message>
        <source>a node has no usable name</source>
        <translation>вузол не має придатного імені</translation>
    </message>
    <message>
        <source>no folder is named</source>
        <translation>не названо теки</translation>
    </message>
    <message>
        <source>the first node is no master</source>
        <translation>перший вузол не головний</translation>
    </message>
    <message>
        <source>cannot read %1: %2</source>
        <translation>не вдалося прочитати %1: %2</translation>
    </message>
    <message>
        <source>%1 is not a cluster record: it is no JSON object</source>
        <translation>%1 — не запис кластера: це не об’єкт JSON</translation>
    </message>
    <message>
        <source>%1 is not a cluster record: %2</source>
        <translation>%1 — не запис кластера: %2</translation>
    </message>
</context>
<context>
    <name>SequenceScene</name>
    <message>
        <source>%1 ms</source>
        <translation>%1 мс</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 с</translation>
    </message>
    <message>
        <source>append %1, w=%2</source>
        <translation>додати %1, w=%2</translation>
    </message>
    <message>
        <source>deliver %1</source>
        <translation>доставка %1</translation>
    </message>
    <message>
        <source>deliver %1 again</source>
        <translation>повторна доставка %1</translation>
    </message>
    <message>
        <source>ack %1</source>
        <translation>підтверджено %1</translation>
    </message>
    <message>
        <source>no ack: it stands at %1</source>
        <translation>не підтверджено: має до %1</translation>
    </message>
    <message>
        <source>OK %1</source>
        <translation>OK %1</translation>
    </message>
    <message>
        <source>%1 timed out</source>
        <translation>%1: час вийшов</translation>
    </message>
    <message>
        <source>%1 given up</source>
        <translation>%1: скасовано</translation>
    </message>
    <message>
        <source>%1 durable</source>
        <translation>%1 на диску</translation>
    </message>
    <message>
        <source>%1 committed</source>
        <translation>%1 зафіксовано</translation>
    </message>
    <message numerus="yes">
        <source>%n event(s) missed</source>
        <translation>
            <numerusform>пропущено %n подію</numerusform>
            <numerusform>пропущено %n події</numerusform>
            <numerusform>пропущено %n подій</numerusform>
        </translation>
    </message>
    <message>
        <source>client</source>
        <translation>клієнт</translation>
    </message>
    <message>
        <source>deliver %1 to %2: lost</source>
        <translation>доставка %1 до %2: втрачено</translation>
    </message>
    <message>
        <source>deliver %1 to %2</source>
        <translation>доставка %1 до %2</translation>
    </message>
    <message>
        <source>deliver %1 to %2 again: lost</source>
        <translation>повторна доставка %1 до %2: втрачено</translation>
    </message>
    <message>
        <source>deliver %1 to %2 again</source>
        <translation>повторна доставка %1 до %2</translation>
    </message>
    <message>
        <source>deliver %1 to %2: unknown</source>
        <translation>доставка %1 до %2: невідомо</translation>
    </message>
    <message>
        <source>deliver %1 to %2 again: unknown</source>
        <translation>повторна доставка %1 до %2: невідомо</translation>
    </message>
    <message>
        <source>silent since %1</source>
        <translation>мовчить з %1</translation>
    </message>
</context>
<context>
    <name>Walk</name>
    <message>
        <source>Append %1 with w=%2</source>
        <translation>Додати %1 з w=%2</translation>
    </message>
    <message>
        <source>Read from the nodes</source>
        <translation>Прочитати з вузлів</translation>
    </message>
    <message>
        <source>Start the master and one secondary</source>
        <translation>Запустити головний вузол і один вторинний</translation>
    </message>
    <message>
        <source>Both run, and the secondary joins the master. The second secondary stays down.</source>
        <translation>Обидва працюють, вторинний приєднується до головного. Другий вторинний лишається вимкненим.</translation>
    </message>
    <message>
        <source>OK at once: the master alone is enough.</source>
        <translation>OK одразу: досить самого головного вузла.</translation>
    </message>
    <message>
        <source>OK as soon as secondary-1 holds it too.</source>
        <translation>OK, щойно його матиме й secondary-1.</translation>
    </message>
    <message>
        <source>Its client waits: three nodes must hold it, and there are only two.</source>
        <translation>Його клієнт чекає: повідомлення мають зберігати три вузли, а їх лише два.</translation>
    </message>
    <message>
        <source>The master shows three messages, secondary-1 two: Msg3 is there, but not committed.</source>
        <translation>Головний показує три повідомлення, secondary-1 — два: Msg3 у нього є, але не зафіксоване.</translation>
    </message>
    <message>
        <source>OK at once, though Msg3 still waits: a blocked client blocks nobody else.</source>
        <translation>OK одразу, хоча Msg3 ще чекає: заблокований клієнт не блокує нікого іншого.</translation>
    </message>
    <message>
        <source>The master shows four, secondary-1 still two: what comes after Msg3 is shown only after Msg3.</source>
        <translation>Головний показує чотири, secondary-1 — досі два: те, що йде після Msg3, видно лише після Msg3.</translation>
    </message>
    <message>
        <source>Start secondary-2</source>
        <translation>Запустити secondary-2</translation>
    </message>
    <message>
        <source>It catches up with the log; with it, three nodes hold Msg3, and its client is answered OK.</source>
        <translation>Він наздоганяє журнал; разом із ним Msg3 мають три вузли, і клієнт отримує OK.</translation>
    </message>
    <message>
        <source>All three nodes show the four messages in the same order.</source>
        <translation>Усі три вузли показують чотири повідомлення в однаковому порядку.</translation>
    </message>
    <message>
        <source>Both run, and the secondary joins the master.</source>
        <translation>Обидва працюють, вторинний приєднується до головного.</translation>
    </message>
    <message>
        <source>OK: both nodes hold it.</source>
        <translation>OK: його мають обидва вузли.</translation>
    </message>
    <message>
        <source>Make secondary-1 fail after storing, and append Once with w=2</source>
        <translation>Змусити secondary-1 відмовляти після збереження і додати Once з w=2</translation>
    </message>
    <message>
        <source>Each delivery is stored and then answered with an error. The master cannot know; it tries again and again, and the client waits.</source>
        <translation>Кожну доставку збережено, але у відповідь іде помилка. Головний не може про це знати: він пробує знову й знову, а клієнт чекає.</translation>
    </message>
    <message>
        <source>Look into the log of secondary-1</source>
        <translation>Зазирнути в журнал secondary-1</translation>
    </message>
    <message>
        <source>Once was delivered several times by now, and is there one time.</source>
        <translation>Once уже доставлено кілька разів, а в журналі воно одне.</translation>
    </message>
    <message>
        <source>Let secondary-1 answer properly again</source>
        <translation>Дозволити secondary-1 знову відповідати як слід</translation>
    </message>
    <message>
        <source>The next delivery is acknowledged, and the client is answered OK.</source>
        <translation>Наступну доставку підтверджено, і клієнт отримує OK.</translation>
    </message>
    <message>
        <source>Compare the nodes</source>
        <translation>Порівняти вузли</translation>
    </message>
    <message>
        <source>Both show First and Once, each one time, and their logs have the same checksum.</source>
        <translation>Обидва показують First і Once, кожне по разу, і контрольні суми журналів однакові.</translation>
    </message>
    <message>
        <source>Kill the master (kill -9)</source>
        <translation>Убити головний вузол (kill -9)</translation>
    </message>
    <message>
        <source>The client of Patient loses its connection: it cannot know what became of its message.</source>
        <translation>Клієнт повідомлення Patient втрачає з’єднання: він не може знати, що сталося з його повідомленням.</translation>
    </message>
    <message>
        <source>Start the master again</source>
        <translation>Запустити головний вузол знову</translation>
    </message>
    <message>
        <source>It comes back with a higher epoch, still knows its secondary, and takes up the wait: Patient was durable before anybody waited for it.</source>
        <translation>Він повертається з вищою епохою, пам’ятає свій вторинний вузол і продовжує очікування: Patient було надійно збережено ще до того, як на нього почали чекати.</translation>
    </message>
    <message>
        <source>The master shows both messages, secondary-1 the first: Patient is not committed yet.</source>
        <translation>Головний показує обидва повідомлення, secondary-1 — перше: Patient ще не зафіксовано.</translation>
    </message>
    <message>
        <source>Now three nodes hold Patient: it is committed.</source>
        <translation>Тепер Patient мають три вузли: його зафіксовано.</translation>
    </message>
    <message>
        <source>All three nodes show both messages, each one time.</source>
        <translation>Усі три вузли показують обидва повідомлення, кожне по разу.</translation>
    </message>
    <message>
        <source>Write concerns and total order</source>
        <translation>Вимоги запису (write concern) і повний порядок</translation>
    </message>
    <message>
        <source>A message stored but never acknowledged is not doubled</source>
        <translation>Збережене, але не підтверджене повідомлення не подвоюється</translation>
    </message>
    <message>
        <source>The master is killed while a message waits</source>
        <translation>Головний вузол гине, поки повідомлення чекає</translation>
    </message>
    <message>
        <source>Each client chooses how many nodes must hold its message before it is answered (w). Four messages show what that means for the client, for other clients, and for readers.</source>
        <translation>Кожен клієнт сам обирає, скільки вузлів мають зберегти його повідомлення, перш ніж він отримає відповідь (w). Чотири повідомлення покажуть, що це означає для клієнта, для інших клієнтів і для читачів.</translation>
    </message>
    <message>
        <source>A secondary stores what it is sent, but its answers get lost. The master has to send again; the secondary has to notice.</source>
        <translation>Вторинний вузол зберігає надіслане, але його відповіді губляться. Головний мусить надсилати ще раз, а вторинний — це помітити.</translation>
    </message>
    <message>
        <source>The master dies with kill -9 while a client waits for a third node. What it had stored, it must still know afterwards.</source>
        <translation>Головний вузол гине від kill -9, поки клієнт чекає на третій вузол. Те, що він зберіг, він мусить пам’ятати й потім.</translation>
    </message>
</context>
<context>
    <name>replog::AlarmTray</name>
    <message>
        <source>Replog</source>
        <translation>Replog</translation>
    </message>
</context>
<context>
    <name>replog::Alarms</name>
    <message>
        <source>Message %1 has been waiting for more than %2.</source>
        <translation>Повідомлення %1 чекає довше ніж %2.</translation>
    </message>
    <message numerus="yes">
        <source>%1 lags by more than %L2 message(s).</source>
        <translation>
            <numerusform>%1 відстає більш ніж на %L2 повідомлення.</numerusform>
            <numerusform>%1 відстає більш ніж на %L2 повідомлення.</numerusform>
            <numerusform>%1 відстає більш ніж на %L2 повідомлень.</numerusform>
        </translation>
    </message>
    <message>
        <source>The store of %1 has failed: %2</source>
        <translation>Сховище вузла %1 відмовило: %2</translation>
    </message>
    <message>
        <source>%1 is %2.</source>
        <translation>Вузол %1: %2.</translation>
    </message>
    <message numerus="yes">
        <source>%1 nodes lag by more than %L2 message(s): %3.</source>
        <translation>
            <numerusform>Вузлів, що відстають більш ніж на %L2 повідомлення: %1 (%3).</numerusform>
            <numerusform>Вузлів, що відстають більш ніж на %L2 повідомлення: %1 (%3).</numerusform>
            <numerusform>Вузлів, що відстають більш ніж на %L2 повідомлень: %1 (%3).</numerusform>
        </translation>
    </message>
    <message>
        <source>The stores of %1 nodes have failed: %2.</source>
        <translation>Відмовили сховища вузлів (%1): %2.</translation>
    </message>
    <message>
        <source>%1 nodes are %2: %3.</source>
        <translation>Вузлів у стані «%2»: %1 (%3).</translation>
    </message>
    <message>
        <source>The master gave up delivering to %1.</source>
        <translation>Головний припинив спроби доставки до %1.</translation>
    </message>
    <message>
        <source>The master gave up delivering to %1 nodes: %2.</source>
        <translation>Головний припинив спроби доставки до %1 вузлів: %2.</translation>
    </message>
    <message>
        <source>%1 is %2. %3</source>
        <translation>Вузол %1: %2. %3</translation>
    </message>
    <message>
        <source>Another log is at the address of %1 now. The one before is not shown any more, and its nodes do not belong to the new one.</source>
        <translation>За адресою вузла %1 тепер інший журнал. Попереднього вже не показано, і його вузли до нового не належать.</translation>
    </message>
</context>
<context>
    <name>replog::AlarmsDialog</name>
    <message>
        <source>A node is not &amp;healthy</source>
        <translation>Вузол не&amp;справний</translation>
    </message>
    <message>
        <source>A node&apos;s &amp;store has failed</source>
        <translation>Відмовило с&amp;ховище вузла</translation>
    </message>
    <message>
        <source>Alarms</source>
        <translation>Сповіщення</translation>
    </message>
    <message>
        <source>What the window tells in its bar at the top, and the desktop in a notice, without being asked.</source>
        <translation>Про що вікно саме повідомляє в рядку вгорі, а робочий стіл — окремим сповіщенням.</translation>
    </message>
    <message>
        <source> s</source>
        <translation> с</translation>
    </message>
    <message>
        <source>never</source>
        <translation>ніколи</translation>
    </message>
    <message>
        <source>A message &amp;waits longer than:</source>
        <translation>Повідомлення &amp;чекає довше ніж:</translation>
    </message>
    <message>
        <source>A node &amp;lags by more messages than:</source>
        <translation>Вузол &amp;відстає більш ніж на стільки повідомлень:</translation>
    </message>
</context>
<context>
    <name>replog::AppendPanel</name>
    <message>
        <source>&amp;Append</source>
        <translation>Дода&amp;ти</translation>
    </message>
    <message>
        <source>&amp;New Message</source>
        <translation>&amp;Нове повідомлення</translation>
    </message>
    <message>
        <source>Text, may be empty</source>
        <translation>Текст, може бути порожнім</translation>
    </message>
    <message>
        <source>How many nodes must hold the message before it is answered, the master included</source>
        <translation>Скільки вузлів, разом із головним, мають зберегти повідомлення до відповіді</translation>
    </message>
    <message>
        <source> s</source>
        <translation> с</translation>
    </message>
    <message>
        <source>none</source>
        <translation>немає</translation>
    </message>
    <message>
        <source>How long to wait for the answer; the message stays in the log all the same</source>
        <translation>Скільки чекати на відповідь; повідомлення однаково лишиться в журналі</translation>
    </message>
    <message>
        <source>How many requests to send, each with the text and a number</source>
        <translation>Скільки запитів надіслати; кожен із текстом і номером</translation>
    </message>
    <message>
        <source>Send it to the master (%1)</source>
        <translation>Надіслати головному вузлу (%1)</translation>
    </message>
    <message>
        <source>Me&amp;ssage:</source>
        <translation>Повідо&amp;млення:</translation>
    </message>
    <message>
        <source>T&amp;imeout:</source>
        <translation>&amp;Ліміт часу:</translation>
    </message>
    <message>
        <source>Appends sent from here</source>
        <translation>Надіслані звідси повідомлення</translation>
    </message>
    <message>
        <source>Stop &amp;Waiting</source>
        <translation>Не &amp;чекати</translation>
    </message>
    <message>
        <source>Hang up the selected requests; their messages may be in the log all the same</source>
        <translation>Обірвати вибрані запити; їхні повідомлення однаково можуть бути в журналі</translation>
    </message>
    <message>
        <source>Clear F&amp;inished</source>
        <translation>П&amp;рибрати завершені</translation>
    </message>
    <message>
        <source>No cluster yet.</source>
        <translation>Кластера ще немає.</translation>
    </message>
    <message>
        <source>No master is known yet.</source>
        <translation>Головний вузол ще невідомий.</translation>
    </message>
    <message>
        <source>Requests show here, newest first.</source>
        <translation>Тут з’являються запити, найновіші згори.</translation>
    </message>
    <message>
        <source>%1 sent, %2 waiting</source>
        <translation>усього %1, чекають %2</translation>
    </message>
    <message>
        <source>Nodes (w):</source>
        <translation>Вузли (w):</translation>
    </message>
    <message>
        <source>How man&amp;y:</source>
        <translation>&amp;Скільки:</translation>
    </message>
    <message>
        <source>The master does not answer now; what is sent fails, or waits for it.</source>
        <translation>Головний вузол зараз не відповідає; надіслане не вдасться додати, або воно чекатиме на нього.</translation>
    </message>
    <message>
        <source>Not all of it fits: the message ends after %L1 characters. replogctl appends longer ones.</source>
        <translation>Уміщається не все: повідомлення закінчується після %L1 символів. Довші додає replogctl.</translation>
    </message>
    <message>
        <source>The master is %1. %2</source>
        <translation>Головний вузол: %1. %2</translation>
    </message>
</context>
<context>
    <name>replog::ChartsPanel</name>
    <message>
        <source>Appends</source>
        <translation>Додавання</translation>
    </message>
    <message>
        <source>messages/s</source>
        <translation>повідомлень/с</translation>
    </message>
    <message>
        <source>Shown once messages are appended.</source>
        <translation>З’явиться, щойно буде додано повідомлення.</translation>
    </message>
    <message>
        <source>Append latency</source>
        <translation>Затримка додавання</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>мс</translation>
    </message>
    <message>
        <source>Shown once appends are answered.</source>
        <translation>З’явиться, щойно на додавання буде відповідь.</translation>
    </message>
    <message>
        <source>Lag</source>
        <translation>Відставання</translation>
    </message>
    <message>
        <source>messages</source>
        <translation>повідомлень</translation>
    </message>
    <message>
        <source>Shown once the master knows a secondary.</source>
        <translation>З’явиться, щойно головний знатиме вторинний вузол.</translation>
    </message>
    <message>
        <source>Retries</source>
        <translation>Повтори</translation>
    </message>
    <message>
        <source>per second</source>
        <translation>за секунду</translation>
    </message>
</context>
<context>
    <name>replog::ClusterLauncher</name>
    <message>
        <source>&amp;New Local Cluster…</source>
        <translation>&amp;Новий локальний кластер…</translation>
    </message>
    <message>
        <source>Start a master and secondaries on this computer</source>
        <translation>Запустити головний і вторинні вузли на цьому комп’ютері</translation>
    </message>
    <message>
        <source>&amp;Connect…</source>
        <translation>&amp;З’єднатися…</translation>
    </message>
    <message>
        <source>Watch a cluster that runs already</source>
        <translation>Спостерігати за кластером, що вже працює</translation>
    </message>
    <message>
        <source>C&amp;lose Cluster</source>
        <translation>З&amp;акрити кластер</translation>
    </message>
    <message>
        <source>Local Cluster</source>
        <translation>Локальний кластер</translation>
    </message>
    <message>
        <source>Nodes of the local cluster are running. Stop them?</source>
        <translation>Вузли локального кластера працюють. Зупинити їх?</translation>
    </message>
    <message>
        <source>&amp;Stop Them</source>
        <translation>З&amp;упинити</translation>
    </message>
    <message>
        <source>&amp;Leave Them Running</source>
        <translation>&amp;Лишити працювати</translation>
    </message>
    <message>
        <source>Stopping the local nodes…</source>
        <translation>Зупиняю локальні вузли…</translation>
    </message>
    <message>
        <source>Open &amp;Again</source>
        <translation>Відкрити зно&amp;ву</translation>
    </message>
    <message>
        <source>Another cluster is being started.</source>
        <translation>Уже запускається інший кластер.</translation>
    </message>
    <message>
        <source>This cluster is open already.</source>
        <translation>Цей кластер уже відкрито.</translation>
    </message>
    <message>
        <source>The other cluster runs, and takes the place of this one.</source>
        <translation>Інший кластер уже працює і замінить цей.</translation>
    </message>
    <message numerus="yes">
        <source>The data lies in a temporary folder, which is deleted when the nodes stop: %n message(s) are lost for good.</source>
        <translation>
            <numerusform>Дані лежать у тимчасовій теці, яку буде видалено, коли вузли зупиняться: %n повідомлення буде втрачено назавжди.</numerusform>
            <numerusform>Дані лежать у тимчасовій теці, яку буде видалено, коли вузли зупиняться: %n повідомлення буде втрачено назавжди.</numerusform>
            <numerusform>Дані лежать у тимчасовій теці, яку буде видалено, коли вузли зупиняться: %n повідомлень буде втрачено назавжди.</numerusform>
        </translation>
    </message>
    <message>
        <source>Nodes left running keep their data; the next start of the dashboard offers them again.</source>
        <translation>Вузли, залишені працювати, зберігають дані; наступний запуск панелі знову їх запропонує.</translation>
    </message>
    <message>
        <source>Stop the nodes of the local cluster and delete their data?</source>
        <translation>Зупинити вузли локального кластера й видалити їхні дані?</translation>
    </message>
    <message>
        <source>Delete the data of the local cluster?</source>
        <translation>Видалити дані локального кластера?</translation>
    </message>
    <message>
        <source>&amp;Stop and Delete</source>
        <translation>&amp;Зупинити й видалити</translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>Ви&amp;далити</translation>
    </message>
    <message>
        <source>The keyring did not take the token: %1</source>
        <translation>Сховище ключів не прийняло токен: %1</translation>
    </message>
    <message>
        <source>The keyring cannot be read: %1</source>
        <translation>Не вдалося прочитати сховище ключів: %1</translation>
    </message>
    <message>
        <source>%1 takes the place of this cluster.</source>
        <translation>Цей кластер замінить %1.</translation>
    </message>
</context>
<context>
    <name>replog::ClusterSession</name>
    <message>
        <source>There is no master to send it to.</source>
        <translation>Немає головного вузла, якому це надіслати.</translation>
    </message>
    <message>
        <source>There is no node %1.</source>
        <translation>Вузла %1 немає.</translation>
    </message>
    <message>
        <source>No node is heard from.</source>
        <translation>Жоден вузол не відповідає.</translation>
    </message>
</context>
<context>
    <name>replog::ColumnMenu</name>
    <message>
        <source>Co&amp;lumns</source>
        <translation>Сто&amp;впці</translation>
    </message>
    <message>
        <source>&amp;Time of arrival</source>
        <translation>&amp;Час надходження</translation>
    </message>
    <message>
        <source>&amp;Size</source>
        <translation>&amp;Розмір</translation>
    </message>
    <message>
        <source>T&amp;ype</source>
        <translation>&amp;Тип</translation>
    </message>
    <message>
        <source>Nodes &amp;asked for (w), while it waits</source>
        <translation>Скільки &amp;вузлів потрібно (w), поки чекає</translation>
    </message>
</context>
<context>
    <name>replog::CommandControl</name>
    <message>
        <source>“%1” is still running.</source>
        <translation>«%1» ще виконується.</translation>
    </message>
    <message>
        <source>The cluster file has no “start” command for this node.</source>
        <translation>У файлі кластера немає команди «start» для цього вузла.</translation>
    </message>
    <message>
        <source>The cluster file has no “stop” command for this node.</source>
        <translation>У файлі кластера немає команди «stop» для цього вузла.</translation>
    </message>
    <message>
        <source>The cluster file has no “kill” command for this node.</source>
        <translation>У файлі кластера немає команди «kill» для цього вузла.</translation>
    </message>
    <message>
        <source>The cluster file has no “freeze” command for this node.</source>
        <translation>У файлі кластера немає команди «freeze» для цього вузла.</translation>
    </message>
    <message>
        <source>The cluster file has no “thaw” command for this node.</source>
        <translation>У файлі кластера немає команди «thaw» для цього вузла.</translation>
    </message>
    <message>
        <source>ended by signal %1</source>
        <translation>завершено сигналом %1</translation>
    </message>
    <message>
        <source>exit code %1</source>
        <translation>код завершення %1</translation>
    </message>
    <message>
        <source>done</source>
        <translation>готово</translation>
    </message>
    <message>
        <source>“%1” failed: %2</source>
        <translation>«%1» не вдалося: %2</translation>
    </message>
    <message>
        <source>“%1” failed: %2 (%3)</source>
        <translation>«%1» не вдалося: %2 (%3)</translation>
    </message>
    <message>
        <source>… %L1 line(s) left out</source>
        <translation>… пропущено рядків: %L1</translation>
    </message>
</context>
<context>
    <name>replog::CompareDialog</name>
    <message>
        <source>%1 does not answer.</source>
        <translation>%1 не відповідає.</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>&amp;Порівняти</translation>
    </message>
    <message>
        <source>Compare Two Nodes</source>
        <translation>Порівняння двох вузлів</translation>
    </message>
    <message>
        <source>Finds the first message in which the logs of two nodes differ.</source>
        <translation>Знаходить перше повідомлення, у якому журнали двох вузлів різняться.</translation>
    </message>
    <message>
        <source>&amp;One node:</source>
        <translation>&amp;Один вузол:</translation>
    </message>
    <message>
        <source>&amp;Another node:</source>
        <translation>&amp;Інший вузол:</translation>
    </message>
    <message>
        <source>They differ; looking between %L1 and %L2…</source>
        <translation>Журнали різняться; пошук між %L1 і %L2…</translation>
    </message>
    <message>
        <source>Up to message %L1, which is the last that both hold, they are the same.</source>
        <translation>До повідомлення %L1, останнього, яке мають обидва, журнали однакові.</translation>
    </message>
    <message>
        <source>There is no message that both nodes keep.</source>
        <translation>Немає жодного повідомлення, яке зберігають обидва вузли.</translation>
    </message>
    <message>
        <source>They differ before message %L1, in messages that are not kept any more.</source>
        <translation>Вони різняться до повідомлення %L1, у повідомленнях, яких більше не зберігають.</translation>
    </message>
    <message>
        <source>Message %L1 is the first that differs, in what the lists of the nodes do not tell: its write concern or its idempotency key.</source>
        <translation>Повідомлення %L1 відрізняється першим — тим, чого списки вузлів не показують: вимогою запису або ключем ідемпотентності.</translation>
    </message>
    <message>
        <source>Choose two nodes.</source>
        <translation>Виберіть два вузли.</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>Порівняння…</translation>
    </message>
    <message>
        <source>Message %L1 is the first that differs.</source>
        <translation>Перше повідомлення, що різниться, — %L1.</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>It could not be read there: %1</source>
        <translation>Там його не вдалося прочитати: %1</translation>
    </message>
    <message>
        <source>… the first %L1 characters are alike</source>
        <translation>… перші %L1 символів однакові</translation>
    </message>
</context>
<context>
    <name>replog::ConnectDialog</name>
    <message>
        <source>Connect to a Cluster</source>
        <translation>З’єднання з кластером</translation>
    </message>
    <message>
        <source>&amp;Master&apos;s address:</source>
        <translation>&amp;Адреса головного вузла:</translation>
    </message>
    <message>
        <source>Master&apos;s address</source>
        <translation>Адреса головного вузла</translation>
    </message>
    <message>
        <source>The other nodes are found through the master.</source>
        <translation>Решту вузлів буде знайдено через головний.</translation>
    </message>
    <message>
        <source>Cluster &amp;file:</source>
        <translation>&amp;Файл кластера:</translation>
    </message>
    <message>
        <source>Cluster file</source>
        <translation>Файл кластера</translation>
    </message>
    <message>
        <source>&amp;Browse…</source>
        <translation>&amp;Огляд…</translation>
    </message>
    <message>
        <source>A JSON file that names the nodes, and the commands that start, stop and kill them.</source>
        <translation>Файл JSON, що називає вузли й команди, якими їх запускають, зупиняють і вбивають.</translation>
    </message>
    <message>
        <source>Address: give the master&apos;s host and port.</source>
        <translation>Адреса: вкажіть комп’ютер і порт головного вузла.</translation>
    </message>
    <message>
        <source>Address: must be like http://host:port.</source>
        <translation>Адреса: має бути на зразок http://host:port.</translation>
    </message>
    <message>
        <source>Address: only http and https are spoken.</source>
        <translation>Адреса: підтримуються лише http і https.</translation>
    </message>
    <message>
        <source>Address: the port is missing (a master&apos;s usual one is 30000).</source>
        <translation>Адреса: бракує порту (у головного вузла це зазвичай 30000).</translation>
    </message>
    <message>
        <source>Cluster file: %1</source>
        <translation>Файл кластера: %1</translation>
    </message>
    <message>
        <source>Connect &amp;Anyway</source>
        <translation>З’єднатися &amp;попри це</translation>
    </message>
    <message>
        <source>That is a secondary. Give its master&apos;s address.</source>
        <translation>Це вторинний вузол. Вкажіть адресу його головного.</translation>
    </message>
    <message>
        <source>Something answers there, but it is no Replog node.</source>
        <translation>Там щось відповідає, але це не вузол Replog.</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>З’єднання…</translation>
    </message>
    <message>
        <source>&amp;Connect</source>
        <translation>&amp;З’єднатися</translation>
    </message>
    <message>
        <source>Cluster File</source>
        <translation>Файл кластера</translation>
    </message>
    <message>
        <source>Cluster files (*.json)</source>
        <translation>Файли кластера (*.json)</translation>
    </message>
    <message>
        <source>It does not answer. %1 It can be watched all the same, for when it comes.</source>
        <translation>Не відповідає. %1 За ним однаково можна спостерігати, доки не з’явиться.</translation>
    </message>
    <message>
        <source>Something answers there, but it is no Replog node: %1</source>
        <translation>Там щось відповідає, але це не вузол Replog: %1</translation>
    </message>
    <message>
        <source>The cluster asks for its token.</source>
        <translation>Кластер потребує свій токен.</translation>
    </message>
    <message>
        <source>Address: a user has no meaning there; a token has a field of its own.</source>
        <translation>Адреса: користувачу там не місце; для токена є окреме поле.</translation>
    </message>
    <message>
        <source>The keyring cannot be read: %1</source>
        <translation>Не вдалося прочитати сховище ключів: %1</translation>
    </message>
    <message>
        <source>On the way to %1 everybody could read the token: that address does not begin with https://.</source>
        <translation>На шляху до %1 токен може прочитати будь-хто: ця адреса не починається з https://.</translation>
    </message>
    <message>
        <source>It hangs up at once. If it speaks TLS, its address begins with https://. It can be watched all the same, for when it answers.</source>
        <translation>З’єднання одразу розривається. Якщо там TLS, адреса починається з https://. За кластером можна стежити й так: коли він відповість, його буде видно.</translation>
    </message>
    <message>
        <source>It ended the secure connection. It may want a certificate of ours, from an authority that it trusts. %1</source>
        <translation>Вузол розірвав захищене з’єднання. Можливо, йому потрібен наш сертифікат від центру, якому він довіряє. %1</translation>
    </message>
    <message>
        <source>It does not know this token.</source>
        <translation>Цей токен там невідомий.</translation>
    </message>
    <message>
        <source>It asks for a token.</source>
        <translation>Потрібен токен.</translation>
    </message>
    <message>
        <source>This token may not read there: %1</source>
        <translation>Цей токен не дає там права читати: %1</translation>
    </message>
    <message>
        <source>It does not answer to that name. Give its IP address, or start it with --allow-host %1.</source>
        <translation>На це ім’я вузол не відповідає. Вкажіть IP-адресу або запустіть вузол з --allow-host %1.</translation>
    </message>
    <message>
        <source>%1 Nothing was sent to it. If its certificate is right, give the file of the authority that signed it. The address of a node without TLS begins with http://.</source>
        <translation>%1 Йому нічого не надіслано. Якщо його сертифікат правильний, укажіть файл центру, що його підписав. Адреса вузла без TLS починається з http://.</translation>
    </message>
</context>
<context>
    <name>replog::EventModel</name>
    <message>
        <source>When this window heard of it</source>
        <translation>Коли про це дізналося це вікно</translation>
    </message>
    <message>
        <source>cluster</source>
        <translation>кластер</translation>
    </message>
    <message>
        <source>registered</source>
        <translation>реєстрація</translation>
    </message>
    <message>
        <source>appended</source>
        <translation>додано</translation>
    </message>
    <message>
        <source>acked</source>
        <translation>підтверджено</translation>
    </message>
    <message>
        <source>committed</source>
        <translation>зафіксовано</translation>
    </message>
    <message>
        <source>wait</source>
        <translation>очікування</translation>
    </message>
    <message>
        <source>retry</source>
        <translation>повтор</translation>
    </message>
    <message>
        <source>state</source>
        <translation>стан</translation>
    </message>
    <message>
        <source>contact</source>
        <translation>зв’язок</translation>
    </message>
    <message>
        <source>epoch</source>
        <translation>епоха</translation>
    </message>
    <message>
        <source>action</source>
        <translation>дія</translation>
    </message>
    <message>
        <source>process</source>
        <translation>процес</translation>
    </message>
    <message>
        <source>problem</source>
        <translation>проблема</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Час</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>Вузол</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Вид</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>Що сталося</translation>
    </message>
</context>
<context>
    <name>replog::EventRecorder</name>
    <message>
        <source>is a member of the cluster</source>
        <translation>став учасником кластера</translation>
    </message>
    <message>
        <source>is no longer a member of the cluster</source>
        <translation>більше не є учасником кластера</translation>
    </message>
    <message>
        <source>%1 → %2</source>
        <translation>%1 → %2</translation>
    </message>
    <message>
        <source>the connection is lost</source>
        <translation>зв’язок втрачено</translation>
    </message>
    <message>
        <source>the connection is lost: %1</source>
        <translation>зв’язок втрачено: %1</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>з’єднано</translation>
    </message>
    <message>
        <source>epoch %1 has begun</source>
        <translation>почалася епоха %1</translation>
    </message>
    <message>
        <source>the master&apos;s log has been cut back to %1</source>
        <translation>журнал головного вузла обрізано до %1</translation>
    </message>
    <message>
        <source>message %1 waits: %2 of %3 nodes hold it</source>
        <translation>повідомлення %1 чекає: його мають %2 з %3 вузлів</translation>
    </message>
    <message>
        <source>message %1 waits no longer</source>
        <translation>повідомлення %1 більше не чекає</translation>
    </message>
    <message>
        <source>“%1” is open</source>
        <translation>відкрито «%1»</translation>
    </message>
    <message>
        <source>message %1</source>
        <translation>повідомлення %1</translation>
    </message>
    <message>
        <source>its log has been cut back from %1 to %2</source>
        <translation>його журнал обрізано з %1 до %2</translation>
    </message>
    <message>
        <source>holds message %1</source>
        <translation>має повідомлення %1</translation>
    </message>
    <message>
        <source>everything up to message %1</source>
        <translation>усе до повідомлення %1 включно</translation>
    </message>
    <message>
        <source>retry %1</source>
        <translation>повтор %1</translation>
    </message>
    <message>
        <source>the client of message %1 gave up waiting</source>
        <translation>клієнт повідомлення %1 перестав чекати</translation>
    </message>
    <message>
        <source>an append failed: %1</source>
        <translation>додавання не вдалося: %1</translation>
    </message>
    <message>
        <source>an append was cancelled here; its message may be in the log</source>
        <translation>додавання тут скасовано; його повідомлення може бути в журналі</translation>
    </message>
    <message>
        <source>start</source>
        <translation>запуск</translation>
    </message>
    <message>
        <source>stop (TERM)</source>
        <translation>зупинка (TERM)</translation>
    </message>
    <message>
        <source>kill (-9)</source>
        <translation>примусове завершення (-9)</translation>
    </message>
    <message>
        <source>freeze</source>
        <translation>заморожування</translation>
    </message>
    <message>
        <source>thaw</source>
        <translation>розморожування</translation>
    </message>
    <message>
        <source>the process is starting</source>
        <translation>процес запускається</translation>
    </message>
    <message>
        <source>the process runs</source>
        <translation>процес працює</translation>
    </message>
    <message>
        <source>the process is frozen</source>
        <translation>процес заморожено</translation>
    </message>
    <message>
        <source>the process is stopping</source>
        <translation>процес зупиняється</translation>
    </message>
    <message>
        <source>the process has ended</source>
        <translation>процес завершився</translation>
    </message>
    <message>
        <source>messages %1 to %2</source>
        <translation>повідомлення %1–%2</translation>
    </message>
    <message>
        <source>holds messages %1 to %2</source>
        <translation>має повідомлення %1–%2</translation>
    </message>
    <message>
        <source>retries %1 to %2</source>
        <translation>повтори %1–%2</translation>
    </message>
    <message>
        <source>an append lost its connection and is asked for again: %1</source>
        <translation>під час додавання обірвалося з’єднання, запит буде повторено: %1</translation>
    </message>
    <message>
        <source>the wait for message %1 was given up: %2</source>
        <translation>очікування повідомлення %1 скасовано: %2</translation>
    </message>
    <message>
        <source>whether an append is in the log is not known: %1</source>
        <translation>невідомо, чи є надіслане повідомлення в журналі: %1</translation>
    </message>
    <message>
        <source>the log reaches up to message %1</source>
        <translation>журнал сягає повідомлення %1</translation>
    </message>
    <message>
        <source>the master has begun another log; what was known is forgotten</source>
        <translation>головний вузол почав інший журнал; відоме досі забуто</translation>
    </message>
    <message>
        <source>holds everything up to message %1</source>
        <translation>має все до повідомлення %1 включно</translation>
    </message>
    <message>
        <source>another node has this name now; the one before it is gone</source>
        <translation>тепер це ім’я має інший вузол; попереднього немає</translation>
    </message>
</context>
<context>
    <name>replog::FaultsDialog</name>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source>Faults of %1</source>
        <translation>Збої вузла %1</translation>
    </message>
    <message>
        <source>What %1 does to the master&apos;s deliveries, from now on until changed.</source>
        <translation>Що %1 робить із доставками головного вузла, відтепер і до зміни.</translation>
    </message>
    <message>
        <source> ms</source>
        <translation> мс</translation>
    </message>
    <message>
        <source>D&amp;elay:</source>
        <translation>&amp;Затримка:</translation>
    </message>
    <message>
        <source>Answers 500 and stores nothing</source>
        <translation>Відповідає 500 і нічого не зберігає</translation>
    </message>
    <message>
        <source>Fail &amp;before storing:</source>
        <translation>Відмова &amp;до збереження:</translation>
    </message>
    <message>
        <source>Stores, and then answers 500 all the same</source>
        <translation>Зберігає, а тоді однаково відповідає 500</translation>
    </message>
    <message>
        <source>Fail &amp;after storing:</source>
        <translation>Відмова &amp;після збереження:</translation>
    </message>
    <message>
        <source>Takes the delivery and never answers</source>
        <translation>Приймає доставку й ніколи не відповідає</translation>
    </message>
    <message>
        <source>&amp;Drop:</source>
        <translation>&amp;Мовчання:</translation>
    </message>
    <message>
        <source>Bloc&amp;k: refuse every delivery</source>
        <translation>&amp;Блокування: відхиляти кожну доставку</translation>
    </message>
    <message>
        <source>&amp;No Faults</source>
        <translation>Б&amp;ез збоїв</translation>
    </message>
    <message>
        <source>Asking the node…</source>
        <translation>Запитую вузол…</translation>
    </message>
    <message>
        <source>%1 takes no faults: it was started without --enable-faults.</source>
        <translation>На %1 не можна вмикати збої: його запущено без --enable-faults.</translation>
    </message>
    <message>
        <source>Setting…</source>
        <translation>Встановлюю…</translation>
    </message>
    <message>
        <source>Set.</source>
        <translation>Встановлено.</translation>
    </message>
    <message>
        <source>Each delivery is taken up so much later</source>
        <translation>На стільки пізніше буде прийнято кожну доставку</translation>
    </message>
    <message>
        <source>A delivery that takes longer than the master&apos;s --attempt-timeout (%1 s unless it was started with another) counts as failed and is sent again: with such a delay the node stores nothing more.</source>
        <translation>Доставка, що триває довше за --attempt-timeout головного (%1 с, якщо його не запущено з іншим), вважається невдалою й надсилається знову: з такою затримкою вузол більше нічого не зберігає.</translation>
    </message>
</context>
<context>
    <name>replog::KeysDialog</name>
    <message>
        <source>Keys</source>
        <translation>Клавіші</translation>
    </message>
</context>
<context>
    <name>replog::Leftovers</name>
    <message>
        <source>%1 (process %2)</source>
        <translation>%1 (процес %2)</translation>
    </message>
    <message>
        <source>Folder: %1</source>
        <translation>Тека: %1</translation>
    </message>
    <message>
        <source>The folder is a temporary one: stopping the nodes deletes their data for good.</source>
        <translation>Тека тимчасова: якщо зупинити вузли, їхні дані буде видалено назавжди.</translation>
    </message>
    <message numerus="yes">
        <source>%n more cluster(s) will be asked about.</source>
        <translation>
            <numerusform>Далі буде запитання ще про %n кластер.</numerusform>
            <numerusform>Далі будуть запитання ще про %n кластери.</numerusform>
            <numerusform>Далі будуть запитання ще про %n кластерів.</numerusform>
        </translation>
    </message>
    <message>
        <source>Nodes Left Running</source>
        <translation>Вузли, що залишилися працювати</translation>
    </message>
    <message>
        <source>Data Left Behind</source>
        <translation>Залишені дані</translation>
    </message>
    <message>
        <source>An earlier dashboard has left nodes of a local cluster running.</source>
        <translation>Попередня панель залишила працювати вузли локального кластера.</translation>
    </message>
    <message>
        <source>An earlier dashboard ended before it could ask what to do with the data of its local cluster.</source>
        <translation>Попередня панель завершилася, не спитавши, що робити з даними її локального кластера.</translation>
    </message>
    <message>
        <source>&amp;Take Them Over</source>
        <translation>&amp;Перейняти</translation>
    </message>
    <message>
        <source>&amp;Open It Again</source>
        <translation>&amp;Відкрити знову</translation>
    </message>
    <message>
        <source>&amp;Delete Them</source>
        <translation>В&amp;идалити</translation>
    </message>
    <message>
        <source>&amp;Stop and Delete</source>
        <translation>&amp;Зупинити й видалити</translation>
    </message>
    <message>
        <source>&amp;Stop Them</source>
        <translation>&amp;Зупинити</translation>
    </message>
    <message>
        <source>&amp;Leave Them</source>
        <translation>За&amp;лишити</translation>
    </message>
</context>
<context>
    <name>replog::LocalCluster</name>
    <message>
        <source>The program %1 is neither beside the dashboard nor on the PATH.</source>
        <translation>Програми %1 немає ні поруч із панеллю, ні в PATH.</translation>
    </message>
    <message>
        <source>No temporary folder could be made: %1</source>
        <translation>Не вдалося створити тимчасову теку: %1</translation>
    </message>
    <message>
        <source>Another dashboard (process %1) has this cluster open.</source>
        <translation>Цей кластер відкрито в іншій панелі (процес %1).</translation>
    </message>
    <message>
        <source>The folder cannot be made.</source>
        <translation>Теку не вдається створити.</translation>
    </message>
    <message>
        <source>The folder is not empty, and what it holds is no cluster.</source>
        <translation>Тека не порожня, і в ній не кластер.</translation>
    </message>
    <message>
        <source>Local cluster</source>
        <translation>Локальний кластер</translation>
    </message>
    <message>
        <source>This node is not one of the local cluster&apos;s.</source>
        <translation>Цей вузол не належить до локального кластера.</translation>
    </message>
    <message>
        <source>It is running.</source>
        <translation>Він уже працює.</translation>
    </message>
    <message>
        <source>Start the master first: its address is not known before.</source>
        <translation>Спершу запустіть головний вузол: доти його адреса невідома.</translation>
    </message>
    <message>
        <source>It is stopping already.</source>
        <translation>Він уже зупиняється.</translation>
    </message>
    <message>
        <source>It is not running.</source>
        <translation>Він не працює.</translation>
    </message>
    <message>
        <source>It is frozen already.</source>
        <translation>Його вже заморожено.</translation>
    </message>
    <message>
        <source>It is not frozen.</source>
        <translation>Його не заморожено.</translation>
    </message>
    <message>
        <source>The process ended unexpectedly (%1).</source>
        <translation>Процес несподівано завершився (%1).</translation>
    </message>
    <message>
        <source>The process ended unexpectedly (%1): %2</source>
        <translation>Процес несподівано завершився (%1): %2</translation>
    </message>
    <message>
        <source>There is no cluster in %1 any more.</source>
        <translation>У теці %1 кластера більше немає.</translation>
    </message>
</context>
<context>
    <name>replog::LocalNode</name>
    <message>
        <source>cannot write %1</source>
        <translation>не вдається записати %1</translation>
    </message>
    <message>
        <source>exit code %1</source>
        <translation>код завершення %1</translation>
    </message>
    <message>
        <source>ended by signal %1</source>
        <translation>завершено сигналом %1</translation>
    </message>
    <message>
        <source>the process %1 is gone</source>
        <translation>процесу %1 уже немає</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>завершився</translation>
    </message>
</context>
<context>
    <name>replog::LogDelegate</name>
    <message>
        <source>(empty)</source>
        <translation>(порожнє)</translation>
    </message>
</context>
<context>
    <name>replog::LogExportButton</name>
    <message>
        <source>Export as &amp;JSON Lines…</source>
        <translation>Експорт у &amp;JSON Lines…</translation>
    </message>
    <message>
        <source>Export as C&amp;SV…</source>
        <translation>Експорт у CS&amp;V…</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Експорт</translation>
    </message>
    <message>
        <source>Write what is shown to a file</source>
        <translation>Записати показане у файл</translation>
    </message>
    <message>
        <source>Cancel Export</source>
        <translation>Скасувати експорт</translation>
    </message>
    <message>
        <source>Export the log</source>
        <translation>Експорт журналу</translation>
    </message>
    <message>
        <source>JSON lines (*.jsonl)</source>
        <translation>JSON Lines (*.jsonl)</translation>
    </message>
    <message>
        <source>Comma-separated values (*.csv)</source>
        <translation>Значення через кому (*.csv)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Усі файли (*)</translation>
    </message>
    <message>
        <source>Exporting: %L1 of %L2 messages.</source>
        <translation>Експорт: %L1 з %L2 повідомлень.</translation>
    </message>
    <message numerus="yes">
        <source>%n message(s) written to %1.</source>
        <translation>
            <numerusform>У %1 записано %n повідомлення.</numerusform>
            <numerusform>У %1 записано %n повідомлення.</numerusform>
            <numerusform>У %1 записано %n повідомлень.</numerusform>
        </translation>
    </message>
    <message>
        <source>Not exported: %1</source>
        <translation>Не експортовано: %1</translation>
    </message>
    <message>
        <source>Message %1 is left out.</source>
        <translation>Повідомлення %1 пропущено.</translation>
    </message>
    <message>
        <source>Messages %1 to %2 are left out.</source>
        <translation>Повідомлення від %1 до %2 пропущено.</translation>
    </message>
    <message>
        <source>%1, which is read, does not hold that much.</source>
        <translation>Вузол %1, з якого читають, стільки не має.</translation>
    </message>
    <message>
        <source>Held by: %1.</source>
        <translation>Є на вузлах: %1.</translation>
    </message>
</context>
<context>
    <name>replog::LogExporter</name>
    <message>
        <source>Cannot write %1: %2</source>
        <translation>Не вдається записати %1: %2</translation>
    </message>
</context>
<context>
    <name>replog::LogFooter</name>
    <message>
        <source>Signs of the log matrix: %1</source>
        <translation>Позначки матриці журналу: %1</translation>
    </message>
</context>
<context>
    <name>replog::LogModel</name>
    <message>
        <source>committed</source>
        <translation>зафіксовано</translation>
    </message>
    <message>
        <source>held</source>
        <translation>збережено</translation>
    </message>
    <message>
        <source>on its way</source>
        <translation>доставляється</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>немає</translation>
    </message>
    <message>
        <source>%1 of %2 · %3</source>
        <translation>%1 з %2 · %3</translation>
    </message>
    <message>
        <source>Message %1 is held by %2 of the %3 nodes that its client asked for. It waits for: %4.</source>
        <translation>Повідомлення %1 мають %2 з %3 вузлів, яких вимагає його клієнт. Чекає на: %4.</translation>
    </message>
    <message>
        <source>%1 holds message %2, and shows it to its readers.</source>
        <translation>%1 має повідомлення %2 і показує його читачам.</translation>
    </message>
    <message>
        <source>%1 holds message %2; it is not committed there yet, so readers of committed messages do not see it.</source>
        <translation>%1 має повідомлення %2; воно там ще не зафіксоване, тож читачі зафіксованих повідомлень його не бачать.</translation>
    </message>
    <message>
        <source>%1 does not hold message %2 yet; it is on its way.</source>
        <translation>%1 ще не має повідомлення %2; воно в дорозі.</translation>
    </message>
    <message>
        <source>%1 does not hold message %2, and cannot take it now.</source>
        <translation>%1 не має повідомлення %2 і зараз не може його прийняти.</translation>
    </message>
    <message>
        <source>A client waits for this.</source>
        <translation>На це чекає клієнт.</translation>
    </message>
    <message>
        <source>%1 (%2): %3
%4</source>
        <translation>%1 (%2): %3
%4</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>№</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Повідомлення</translation>
    </message>
    <message>
        <source>Waits for</source>
        <translation>Чекає на</translation>
    </message>
    <message>
        <source>answered, behind %1</source>
        <translation>є відповідь, за %1</translation>
    </message>
    <message>
        <source>The client of message %1 has its answer. It comes after message %2 in the order, so readers of committed messages see it once that one is committed.</source>
        <translation>Клієнт повідомлення %1 вже має відповідь. Воно йде після повідомлення %2, тож читачі зафіксованих повідомлень побачать його, коли буде зафіксовано те.</translation>
    </message>
    <message numerus="yes">
        <source>(binary, %n byte(s))</source>
        <translation>
            <numerusform>(двійкові дані, %n байт)</numerusform>
            <numerusform>(двійкові дані, %n байти)</numerusform>
            <numerusform>(двійкові дані, %n байтів)</numerusform>
        </translation>
    </message>
    <message>
        <source>How many nodes its client asked for, while it waits; afterwards the message panel tells.</source>
        <translation>Скільки вузлів вимагає клієнт, поки він чекає; потім це показує панель повідомлення.</translation>
    </message>
    <message numerus="yes">
        <source>%L1 byte(s)</source>
        <translation>
            <numerusform>%L1 байт</numerusform>
            <numerusform>%L1 байти</numerusform>
            <numerusform>%L1 байтів</numerusform>
        </translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Час</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Розмір</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Тип</translation>
    </message>
    <message>
        <source>w</source>
        <translation>w</translation>
    </message>
    <message>
        <source>%1 holds message %2, and knows that it is committed; the node is %3 now.</source>
        <translation>%1 має повідомлення %2 і знає, що його зафіксовано; стан вузла зараз: %3.</translation>
    </message>
    <message>
        <source>stored</source>
        <translation>отримано</translation>
    </message>
    <message>
        <source>Message %1 is held by %2 of the %3 nodes that its client asked for. Missing: %4. Nobody waits for the answer any more.</source>
        <translation>Повідомлення %1 мають %2 з %3 вузлів, яких вимагав його клієнт. Бракує: %4. На відповідь більше ніхто не чекає.</translation>
    </message>
    <message>
        <source>%1 holds message %2; it was not committed there when the node was last heard.</source>
        <translation>%1 має повідомлення %2; коли вузол востаннє було чути, воно там ще не було зафіксоване.</translation>
    </message>
    <message>
        <source>%1 holds message %2, as the master says. Whether it is committed there is not known: this window has not heard the node.</source>
        <translation>%1 має повідомлення %2, як каже головний вузол. Чи воно там зафіксоване, невідомо: це вікно вузла не чуло.</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>невідомо</translation>
    </message>
    <message>
        <source>%1 holds message %2: another node has committed it, and a master commits nothing that it has not stored.</source>
        <translation>Вузол %1 має повідомлення %2: інший вузол його зафіксував, а головний не фіксує того, чого не зберіг.</translation>
    </message>
    <message>
        <source>%1 does not hold message %2, and no master is known to deliver it now.</source>
        <translation>Вузол %1 не має повідомлення %2, і невідомо, щоб якийсь головний вузол його зараз доставляв.</translation>
    </message>
    <message>
        <source>%1 has not acknowledged message %2, as the master says, and cannot take it now.</source>
        <translation>За словами головного, вузол %1 не підтвердив повідомлення %2 і зараз не може його прийняти.</translation>
    </message>
    <message>
        <source>%1 had message %2 before any other node; whether it has stored it is not told yet.</source>
        <translation>Вузол %1 мав повідомлення %2 раніше за інші; чи він його зберіг, ще не сказано.</translation>
    </message>
    <message>
        <source>Whether %1 holds message %2 is not known: it is not heard; of messages up to %3 it is known.</source>
        <translation>Чи має вузол %1 повідомлення %2, невідомо: його не чути; відомо це про повідомлення до %3.</translation>
    </message>
    <message>
        <source>Whether %1 holds message %2 is not known: nothing has been heard of it.</source>
        <translation>Чи має вузол %1 повідомлення %2, невідомо: про нього ще нічого не чути.</translation>
    </message>
    <message>
        <source>Message %1 was held by %2 of the %3 nodes that its client asked for when the master was last heard. Missing: %4. Whether anybody waits is not known now.</source>
        <translation>Коли головний вузол востаннє було чути, повідомлення %1 мали %2 з %3 вузлів, яких вимагав його клієнт. Бракувало: %4. Чи хтось чекає зараз, невідомо.</translation>
    </message>
    <message>
        <source>%1 was last heard in an earlier epoch than the master&apos;s, and holds a message %2; whether that is this one is not known.</source>
        <translation>%1 востаннє було чути в епосі, ранішій за епоху головного вузла; повідомлення %2 там є, але чи те саме — невідомо.</translation>
    </message>
</context>
<context>
    <name>replog::LogTable</name>
    <message>
        <source>Waits for</source>
        <translation>Чекає на</translation>
    </message>
</context>
<context>
    <name>replog::LogView</name>
    <message>
        <source>Log matrix: messages by node</source>
        <translation>Матриця журналу: повідомлення за вузлами</translation>
    </message>
    <message>
        <source>Messages cannot be read: %1</source>
        <translation>Повідомлення не вдається прочитати: %1</translation>
    </message>
    <message>
        <source>Not copied: %1</source>
        <translation>Не скопійовано: %1</translation>
    </message>
    <message>
        <source>&amp;Filter…</source>
        <translation>&amp;Фільтр…</translation>
    </message>
    <message>
        <source>&amp;Go to Id…</source>
        <translation>Пере&amp;йти до номера…</translation>
    </message>
    <message>
        <source>Follow the &amp;End</source>
        <translation>&amp;Стежити за кінцем</translation>
    </message>
    <message>
        <source>Keep the newest message in view. Scrolling up lets go.</source>
        <translation>Тримати найновіше повідомлення на видноті. Прокручування вгору відпускає.</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Копіювати</translation>
    </message>
    <message>
        <source>Filter messages by text</source>
        <translation>Фільтр повідомлень за текстом</translation>
    </message>
    <message>
        <source>Go to id</source>
        <translation>До номера</translation>
    </message>
    <message>
        <source>Go to the message with this id</source>
        <translation>Перейти до повідомлення з цим номером</translation>
    </message>
    <message>
        <source>Follow the end</source>
        <translation>Стежити за кінцем</translation>
    </message>
    <message>
        <source>An id is a whole number from 1.</source>
        <translation>Номер — це ціле число від 1.</translation>
    </message>
    <message>
        <source>There is no message %1: the log ends at %2.</source>
        <translation>Повідомлення %1 немає: журнал закінчується на %2.</translation>
    </message>
    <message>
        <source>Message %1 is not among those that the filter shows.</source>
        <translation>Повідомлення %1 немає серед тих, що показує фільтр.</translation>
    </message>
    <message>
        <source>Too much to copy: at most %1 messages; export them instead.</source>
        <translation>Забагато для копіювання: щонайбільше %1 повідомлень; краще експортуйте їх.</translation>
    </message>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n збіг</numerusform>
            <numerusform>%n збіги</numerusform>
            <numerusform>%n збігів</numerusform>
        </translation>
    </message>
    <message>
        <source>more are not looked for</source>
        <translation>далі не шукаємо</translation>
    </message>
    <message>
        <source>searched %1 %</source>
        <translation>переглянуто %1 %</translation>
    </message>
    <message numerus="yes">
        <source>%L1 message(s)</source>
        <translation>
            <numerusform>%L1 повідомлення</numerusform>
            <numerusform>%L1 повідомлення</numerusform>
            <numerusform>%L1 повідомлень</numerusform>
        </translation>
    </message>
    <message>
        <source>committed up to %L1</source>
        <translation>зафіксовано до %L1</translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n чекає</numerusform>
            <numerusform>%n чекають</numerusform>
            <numerusform>%n чекають</numerusform>
        </translation>
    </message>
    <message>
        <source>No message contains “%1”.</source>
        <translation>Жодне повідомлення не містить «%1».</translation>
    </message>
    <message>
        <source>Nothing has been heard from the master yet.</source>
        <translation>Від головного вузла ще нічого не чути.</translation>
    </message>
    <message>
        <source>The log is empty. Append a message to see it arrive on every node.</source>
        <translation>Журнал порожній. Додайте повідомлення й побачите, як воно потрапляє на кожен вузол.</translation>
    </message>
    <message>
        <source>Message %1 is not among the newest %L2, which the log shows. Filter by its text to find it.</source>
        <translation>Повідомлення %1 немає серед найновіших %L2, які показує журнал. Щоб знайти його, скористайтеся фільтром за текстом.</translation>
    </message>
    <message>
        <source>the newest %L1 are shown</source>
        <translation>показано найновіші %L1</translation>
    </message>
    <message>
        <source>Looking for “%1”: nothing found yet.</source>
        <translation>Шукаю «%1»: поки нічого не знайдено.</translation>
    </message>
    <message>
        <source>Ne&amp;xt Hit</source>
        <translation>Наст&amp;упний збіг</translation>
    </message>
    <message>
        <source>Pre&amp;vious Hit</source>
        <translation>Попере&amp;дній збіг</translation>
    </message>
    <message>
        <source>&amp;Only Hits</source>
        <translation>Лише &amp;збіги</translation>
    </message>
    <message>
        <source>Shows the messages found alone; without it they are marked among the others</source>
        <translation>Показувати лише знайдені повідомлення; інакше вони позначені серед інших</translation>
    </message>
    <message>
        <source>not searched further: %1</source>
        <translation>далі не шукали: %1</translation>
    </message>
    <message>
        <source>read from %1</source>
        <translation>читається з вузла %1</translation>
    </message>
    <message>
        <source>Not searched further: %1</source>
        <translation>Далі не шукали: %1</translation>
    </message>
    <message>
        <source>Find: text, &quot;exact words&quot;, /regular expression/, id:10..20, waiting, w&gt;1</source>
        <translation>Пошук: текст, &quot;точні слова&quot;, /регулярний вираз/, id:10..20, waiting, w&gt;1</translation>
    </message>
    <message>
        <source>Finds messages by a text, by /a regular expression/, by id:10..20, waiting or w&gt;1 (of those that wait); several at once, with a space between. In quotes everything is text: &quot;waiting for it&quot;.</source>
        <translation>Шукає повідомлення за текстом, за /регулярним виразом/, за id:10..20, waiting чи w&gt;1 (серед тих, що чекають); можна кілька умов через пробіл. У лапках усе є текстом: &quot;waiting for it&quot;.</translation>
    </message>
    <message>
        <source>Message %1 is no longer kept: the log begins at %2.</source>
        <translation>Повідомлення %1 уже не зберігається: журнал починається з %2.</translation>
    </message>
    <message>
        <source>kept from %L1 on</source>
        <translation>зберігаються від %L1</translation>
    </message>
    <message>
        <source>No message that waits matches “%1”. To find these words as text, put them in quotes: &quot;%1&quot;.</source>
        <translation>Серед повідомлень, що чекають, жодне не відповідає умові «%1». Щоб шукати ці слова як текст, візьміть їх у лапки: &quot;%1&quot;.</translation>
    </message>
    <message numerus="yes">
        <source>the expression is too complex for %n message(s), the first is %1</source>
        <translation>
            <numerusform>вираз заскладний для %n повідомлення, перше з них %1</numerusform>
            <numerusform>вираз заскладний для %n повідомлень, перше з них %1</numerusform>
            <numerusform>вираз заскладний для %n повідомлень, перше з них %1</numerusform>
        </translation>
    </message>
    <message>
        <source>nothing is known of the log yet</source>
        <translation>про журнал ще нічого не відомо</translation>
    </message>
    <message numerus="yes">
        <source>No message is known to match “%1”: the expression is too complex for %n message(s).</source>
        <translation>
            <numerusform>Невідомо, чи щось відповідає «%1»: вираз заскладний для %n повідомлення.</numerusform>
            <numerusform>Невідомо, чи щось відповідає «%1»: вираз заскладний для %n повідомлень.</numerusform>
            <numerusform>Невідомо, чи щось відповідає «%1»: вираз заскладний для %n повідомлень.</numerusform>
        </translation>
    </message>
    <message>
        <source>Whether there is a message %1 is not known: no node has been heard yet.</source>
        <translation>Чи є повідомлення %1, невідомо: жодного вузла ще не було чути.</translation>
    </message>
    <message>
        <source>The log was empty when a node was last heard.</source>
        <translation>Коли вузол востаннє було чути, журнал був порожній.</translation>
    </message>
    <message numerus="yes">
        <source>%n waited as of %1</source>
        <translation>
            <numerusform>станом на %1 чекало %n</numerusform>
            <numerusform>станом на %1 чекало %n</numerusform>
            <numerusform>станом на %1 чекало %n</numerusform>
        </translation>
    </message>
    <message>
        <source>Who waits is not known: the master is not heard.</source>
        <translation>Хто чекає, невідомо: головного вузла не чути.</translation>
    </message>
</context>
<context>
    <name>replog::LongTextView</name>
    <message>
        <source>… %L1 more character(s)</source>
        <translation>… ще %L1 символ(ів)</translation>
    </message>
</context>
<context>
    <name>replog::MainWindow</name>
    <message>
        <source>What Happened</source>
        <translation>Що сталося</translation>
    </message>
    <message>
        <source>Process Output</source>
        <translation>Вивід процесів</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>Графіки</translation>
    </message>
    <message>
        <source>Guided Walk</source>
        <translation>Покроковий показ</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Інструменти</translation>
    </message>
    <message>
        <source>&amp;Cluster</source>
        <translation>&amp;Кластер</translation>
    </message>
    <message>
        <source>&amp;Node</source>
        <translation>&amp;Вузол</translation>
    </message>
    <message>
        <source>&amp;Message</source>
        <translation>&amp;Повідомлення</translation>
    </message>
    <message>
        <source>&amp;Walk</source>
        <translation>Пок&amp;аз</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>В&amp;игляд</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Довідка</translation>
    </message>
    <message>
        <source>&amp;Panels</source>
        <translation>&amp;Панелі</translation>
    </message>
    <message>
        <source>Go to the &amp;Log</source>
        <translation>До &amp;журналу</translation>
    </message>
    <message>
        <source>Append</source>
        <translation>Додавання</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>Вузли</translation>
    </message>
    <message>
        <source>Pending Waits</source>
        <translation>Очікування</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>В&amp;ийти</translation>
    </message>
    <message>
        <source>&amp;Reset the Layout</source>
        <translation>&amp;Відновити розташування</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Тема</translation>
    </message>
    <message>
        <source>&amp;About Replog</source>
        <translation>&amp;Про Replog</translation>
    </message>
    <message>
        <source>About Replog</source>
        <translation>Про Replog</translation>
    </message>
    <message>
        <source>Replog dashboard %1</source>
        <translation>Панель Replog %1</translation>
    </message>
    <message>
        <source>Shows and drives a semi-synchronous replicated log.
Free software under the GNU General Public License, version 3 or later.</source>
        <translation>Показує напівсинхронний реплікований журнал і керує ним.
Вільна програма за GNU General Public License версії 3 або новішої.</translation>
    </message>
    <message>
        <source>About &amp;Qt</source>
        <translation>Про &amp;Qt</translation>
    </message>
    <message>
        <source>Go to %1</source>
        <translation>До панелі «%1»</translation>
    </message>
    <message>
        <source>Message %1 is not among those that the log shows now.</source>
        <translation>Повідомлення %1 немає серед тих, що їх журнал зараз показує.</translation>
    </message>
    <message>
        <source>%1 — Replog</source>
        <translation>%1 — Replog</translation>
    </message>
    <message>
        <source>Replog</source>
        <translation>Replog</translation>
    </message>
    <message>
        <source>No master is known yet</source>
        <translation>Головний вузол ще невідомий</translation>
    </message>
    <message>
        <source>The master %1 at %2 cannot be reached: %3 Trying again.</source>
        <translation>Головний вузол %1 за адресою %2 недосяжний: %3 Спроби тривають.</translation>
    </message>
    <message>
        <source>L&amp;anguage</source>
        <translation>&amp;Мова</translation>
    </message>
    <message>
        <source>%1 · %2 · epoch %3 · %4</source>
        <translation>%1 · %2 · епоха %3 · %4</translation>
    </message>
    <message>
        <source>No master answers at %1: %2 Trying again.</source>
        <translation>За адресою %1 не відповідає жоден головний вузол: %2 Спроби тривають.</translation>
    </message>
    <message>
        <source>%1 at %2 is a secondary. Connect to its master to see the whole cluster.</source>
        <translation>%1 за адресою %2 — вторинний вузол. З’єднайтеся з його головним, щоб бачити весь кластер.</translation>
    </message>
    <message>
        <source>Messages in Flight</source>
        <translation>Рух повідомлень</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Повідомлення</translation>
    </message>
    <message>
        <source>Co&amp;mpare Two Nodes…</source>
        <translation>Порівняти &amp;два вузли…</translation>
    </message>
    <message>
        <source>Alar&amp;ms…</source>
        <translation>&amp;Сповіщення…</translation>
    </message>
    <message>
        <source>No cluster is open</source>
        <translation>Жодного кластера не відкрито</translation>
    </message>
    <message>
        <source>Prese&amp;ntation Size</source>
        <translation>Ро&amp;змір для показу</translation>
    </message>
    <message>
        <source>Large type and fewer panels, to be seen from afar</source>
        <translation>Великі літери й менше панелей, щоб було видно здалеку</translation>
    </message>
    <message>
        <source>&amp;Keys</source>
        <translation>&amp;Клавіші</translation>
    </message>
    <message>
        <source>Open before</source>
        <translation>Відкривали раніше</translation>
    </message>
    <message>
        <source>Silent since %1.</source>
        <translation>Мовчить від %1.</translation>
    </message>
    <message>
        <source>Messages are read from %1.</source>
        <translation>Повідомлення читаються з вузла %1.</translation>
    </message>
    <message>
        <source>%1 · %2 · %3</source>
        <translation>%1 · %2 · %3</translation>
    </message>
    <message>
        <source>The master %1 is stopped.</source>
        <translation>Головний вузол %1 зупинено.</translation>
    </message>
    <message>
        <source>The master %1 is starting.</source>
        <translation>Головний вузол %1 запускається.</translation>
    </message>
</context>
<context>
    <name>replog::MessagePanel</name>
    <message>
        <source>Fields of the message</source>
        <translation>Поля повідомлення</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Текст</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message>
        <source>Hex</source>
        <translation>Шістнадцятковий</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Назва</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Значення</translation>
    </message>
    <message>
        <source>Text of the message</source>
        <translation>Текст повідомлення</translation>
    </message>
    <message>
        <source>The message as JSON</source>
        <translation>Повідомлення як JSON</translation>
    </message>
    <message>
        <source>Bytes of the message</source>
        <translation>Байти повідомлення</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Копіювати</translation>
    </message>
    <message>
        <source>Copies the text</source>
        <translation>Копіює текст</translation>
    </message>
    <message>
        <source>Copy as curl</source>
        <translation>Копіювати як curl</translation>
    </message>
    <message>
        <source>Copies a command that appends the same message</source>
        <translation>Копіює команду, яка додає таке саме повідомлення</translation>
    </message>
    <message>
        <source>Show Its Way</source>
        <translation>Показати шлях</translation>
    </message>
    <message>
        <source>Shows how it travelled from node to node, if that has been watched</source>
        <translation>Показує, як повідомлення йшло від вузла до вузла, якщо за цим спостерігали</translation>
    </message>
    <message>
        <source>Select a message in the log to see the whole of it.</source>
        <translation>Виберіть повідомлення в журналі, щоб побачити його повністю.</translation>
    </message>
    <message>
        <source>Reading message %1…</source>
        <translation>Читання повідомлення %1…</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1 (%2 by its clock)</source>
        <translation>%1 (%2 за його годинником)</translation>
    </message>
    <message>
        <source>%1 (seen here at %2)</source>
        <translation>%1 (тут видно з %2)</translation>
    </message>
    <message>
        <source>Held by: %1</source>
        <translation>Є на вузлах: %1</translation>
    </message>
</context>
<context>
    <name>replog::MessageReader</name>
    <message>
        <source>The node that is read holds no messages from %1 on.</source>
        <translation>Вузол, з якого читають, не має повідомлень від %1 і далі.</translation>
    </message>
</context>
<context>
    <name>replog::NewClusterDialog</name>
    <message>
        <source>New Local Cluster</source>
        <translation>Новий локальний кластер</translation>
    </message>
    <message>
        <source>A master and its secondaries are started on this computer, as processes of the dashboard.</source>
        <translation>Головний вузол і його вторинні запускаються на цьому комп’ютері як процеси панелі.</translation>
    </message>
    <message>
        <source>Number of secondaries</source>
        <translation>Кількість вторинних вузлів</translation>
    </message>
    <message>
        <source>&amp;Secondaries:</source>
        <translation>&amp;Вторинних вузлів:</translation>
    </message>
    <message>
        <source>in a &amp;temporary folder, removed when the cluster is closed</source>
        <translation>у &amp;тимчасовій теці, що зникне, коли кластер закриють</translation>
    </message>
    <message>
        <source>in a &amp;folder that is kept:</source>
        <translation>у т&amp;еці, що лишиться:</translation>
    </message>
    <message>
        <source>Data:</source>
        <translation>Дані:</translation>
    </message>
    <message>
        <source>Folder for the data</source>
        <translation>Тека для даних</translation>
    </message>
    <message>
        <source>&amp;Browse…</source>
        <translation>&amp;Огляд…</translation>
    </message>
    <message>
        <source>St&amp;art</source>
        <translation>&amp;Запустити</translation>
    </message>
    <message>
        <source>Name a new or empty folder, or one that holds a cluster.</source>
        <translation>Назвіть нову чи порожню теку або теку з кластером.</translation>
    </message>
    <message>
        <source>Folder: give the whole path, from / on.</source>
        <translation>Тека: вкажіть повний шлях, від /.</translation>
    </message>
    <message>
        <source>Folder: that is a file.</source>
        <translation>Тека: це файл.</translation>
    </message>
    <message numerus="yes">
        <source>The folder holds a cluster of a master and %n secondary(s); it will be opened.</source>
        <translation>
            <numerusform>У теці є кластер із головного й %n вторинного вузла; його буде відкрито.</numerusform>
            <numerusform>У теці є кластер із головного й %n вторинних вузлів; його буде відкрито.</numerusform>
            <numerusform>У теці є кластер із головного й %n вторинних вузлів; його буде відкрито.</numerusform>
        </translation>
    </message>
    <message>
        <source>Folder: it is not empty, and what it holds is no cluster.</source>
        <translation>Тека: вона не порожня, і в ній не кластер.</translation>
    </message>
    <message>
        <source>Folder for the Cluster&apos;s Data</source>
        <translation>Тека для даних кластера</translation>
    </message>
</context>
<context>
    <name>replog::NodeClient</name>
    <message>
        <source>The node answered %1.</source>
        <translation>Вузол відповів %1.</translation>
    </message>
    <message>
        <source>Connection refused: nothing listens at %1.</source>
        <translation>У з’єднанні відмовлено: на %1 ніхто не слухає.</translation>
    </message>
    <message>
        <source>Host %1 not found.</source>
        <translation>Комп’ютер %1 не знайдено.</translation>
    </message>
    <message>
        <source>The node closed the connection.</source>
        <translation>Вузол закрив з’єднання.</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Скасовано.</translation>
    </message>
    <message>
        <source>No answer in time.</source>
        <translation>Немає вчасної відповіді.</translation>
    </message>
    <message>
        <source>The node&apos;s address is not known.</source>
        <translation>Адреса вузла невідома.</translation>
    </message>
    <message>
        <source>The node does not answer.</source>
        <translation>Вузол не відповідає.</translation>
    </message>
    <message>
        <source>It asks for a token, which goes to named addresses only. To name %1, put it behind the master&apos;s in Cluster ▸ Connect.</source>
        <translation>Вузол вимагає токен, а він надсилається лише на вказані адреси. Щоб указати %1, допишіть цю адресу після адреси головного в «Кластер ▸ З’єднатися».</translation>
    </message>
    <message>
        <source>No secure connection to %1: %2</source>
        <translation>Немає захищеного з’єднання з %1: %2</translation>
    </message>
    <message>
        <source>The answer is too long.</source>
        <translation>Відповідь задовга.</translation>
    </message>
</context>
<context>
    <name>replog::NodeComparison</name>
    <message>
        <source>A node tells no digest.</source>
        <translation>Вузол не повідомив контрольної суми.</translation>
    </message>
    <message>
        <source>It lists no message there.</source>
        <translation>Там він повідомлення не показує.</translation>
    </message>
</context>
<context>
    <name>replog::NodesModel</name>
    <message>
        <source>in %1 s</source>
        <translation>за %1 с</translation>
    </message>
    <message>
        <source>Raised each time a master starts or takes over</source>
        <translation>Зростає щоразу, коли головний вузол запускається або перебирає справу</translation>
    </message>
    <message>
        <source>The node holds every message up to this one</source>
        <translation>Вузол має всі повідомлення до цього включно</translation>
    </message>
    <message>
        <source>Readers of this node see every message up to this one</source>
        <translation>Читачі цього вузла бачать усі повідомлення до цього включно</translation>
    </message>
    <message>
        <source>How many messages of the master&apos;s log the node does not hold yet</source>
        <translation>Скількох повідомлень із журналу головного вузол ще не має</translation>
    </message>
    <message>
        <source>Deliveries the master has tried</source>
        <translation>Доставки, які пробував головний вузол</translation>
    </message>
    <message>
        <source>Deliveries the master has tried again after a failure</source>
        <translation>Доставки, які головний вузол повторив після невдачі</translation>
    </message>
    <message>
        <source>Failures in a row, up to now</source>
        <translation>Невдачі поспіль донині</translation>
    </message>
    <message>
        <source>When the master tries again</source>
        <translation>Коли головний вузол спробує знову</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>Вузол</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Роль</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Стан</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>Епоха</translation>
    </message>
    <message>
        <source>Last id</source>
        <translation>Останнє</translation>
    </message>
    <message>
        <source>Committed</source>
        <translation>Зафіксовано</translation>
    </message>
    <message>
        <source>Lag</source>
        <translation>Відстає на</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Спроби</translation>
    </message>
    <message>
        <source>Retries</source>
        <translation>Повтори</translation>
    </message>
    <message>
        <source>Failures</source>
        <translation>Невдачі</translation>
    </message>
    <message>
        <source>Next attempt</source>
        <translation>Наступна</translation>
    </message>
    <message>
        <source>Last error</source>
        <translation>Помилка</translation>
    </message>
    <message>
        <source>%1, %2
Epoch: %3
Attempts: %4</source>
        <translation>%1, %2
Епоха: %3
Спроби: %4</translation>
    </message>
    <message>
        <source>now</source>
        <translation>зараз</translation>
    </message>
    <message>
        <source>%1, faults</source>
        <translation>%1, збої</translation>
    </message>
    <message>
        <source>Last error: %1</source>
        <translation>Остання помилка: %1</translation>
    </message>
</context>
<context>
    <name>replog::NodesView</name>
    <message>
        <source>Details of the node</source>
        <translation>Подробиці про вузол</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>Вузли</translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation>&amp;Запустити</translation>
    </message>
    <message>
        <source>Start the node&apos;s process</source>
        <translation>Запустити процес вузла</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>З&amp;упинити</translation>
    </message>
    <message>
        <source>Ask the process to end (SIGTERM): it answers its waiters and syncs</source>
        <translation>Попросити процес завершитися (SIGTERM): він відповість тим, хто чекає, і запише все на диск</translation>
    </message>
    <message>
        <source>&amp;Kill</source>
        <translation>Уби&amp;ти</translation>
    </message>
    <message>
        <source>End the process at once (SIGKILL), as a crash would</source>
        <translation>Завершити процес миттєво (SIGKILL), як при аварії</translation>
    </message>
    <message>
        <source>Free&amp;ze</source>
        <translation>Зам&amp;орозити</translation>
    </message>
    <message>
        <source>Halt the process (SIGSTOP): it holds its connections but does nothing</source>
        <translation>Спинити процес (SIGSTOP): він тримає з’єднання, але нічого не робить</translation>
    </message>
    <message>
        <source>Tha&amp;w</source>
        <translation>&amp;Розморозити</translation>
    </message>
    <message>
        <source>Let a frozen process go on (SIGCONT)</source>
        <translation>Дати замороженому процесу працювати далі (SIGCONT)</translation>
    </message>
    <message>
        <source>&amp;Retry Now</source>
        <translation>&amp;Повторити зараз</translation>
    </message>
    <message>
        <source>Let the master try this node at once</source>
        <translation>Головний вузол негайно спробує цей вузол</translation>
    </message>
    <message>
        <source>&amp;Faults…</source>
        <translation>З&amp;бої…</translation>
    </message>
    <message>
        <source>Delay, fail or drop the master&apos;s deliveries to this node</source>
        <translation>Затримувати, відхиляти чи губити доставки головного вузла до цього</translation>
    </message>
    <message>
        <source>For&amp;get…</source>
        <translation>Ви&amp;лучити…</translation>
    </message>
    <message>
        <source>Take the node out of the master&apos;s members</source>
        <translation>Вилучити вузол з учасників головного</translation>
    </message>
    <message>
        <source>Select a node first.</source>
        <translation>Спершу виберіть вузол.</translation>
    </message>
    <message>
        <source>Nothing here can start or stop this node: the dashboard is only connected to it.</source>
        <translation>Звідси цей вузол не запустити й не зупинити: панель лише з’єднана з ним.</translation>
    </message>
    <message>
        <source>The master does not replicate to itself.</source>
        <translation>Головний вузол не реплікує сам до себе.</translation>
    </message>
    <message>
        <source>The master cannot be reached.</source>
        <translation>Головний вузол недосяжний.</translation>
    </message>
    <message>
        <source>The master does not have this node among its members.</source>
        <translation>Цього вузла немає серед учасників головного.</translation>
    </message>
    <message>
        <source>Only secondaries play faults.</source>
        <translation>Збої можна вмикати лише на вторинних вузлах.</translation>
    </message>
    <message>
        <source>The node cannot be reached.</source>
        <translation>Вузол недосяжний.</translation>
    </message>
    <message>
        <source>Select a node to see more of it.</source>
        <translation>Виберіть вузол, щоб побачити про нього більше.</translation>
    </message>
    <message>
        <source>%1 at %2: %3</source>
        <translation>%1, %2: %3</translation>
    </message>
    <message>
        <source>%1 is not tried again: %2</source>
        <translation>%1: повторної спроби не буде: %2</translation>
    </message>
    <message>
        <source>Forget %1?</source>
        <translation>Вилучити %1?</translation>
    </message>
    <message>
        <source>The master takes it out of its members and sends it nothing more. Messages that wait for it go on waiting. It comes back when it registers again.</source>
        <translation>Головний вузол вилучить його з учасників і більше нічого йому не надсилатиме. Повідомлення, що чекають на нього, чекатимуть далі. Він повернеться, коли зареєструється знову.</translation>
    </message>
    <message>
        <source>&amp;Forget</source>
        <translation>&amp;Вилучити</translation>
    </message>
    <message>
        <source>%1 is not forgotten: %2</source>
        <translation>%1 не вилучено: %2</translation>
    </message>
    <message>
        <source>Nothing is heard from it since %1; its figures are those of that time.</source>
        <translation>Від %1 його не чути; показники — на той час.</translation>
    </message>
    <message>
        <source>This window does not hear it: %1</source>
        <translation>Це вікно його не чує: %1</translation>
    </message>
</context>
<context>
    <name>replog::NoticeBar</name>
    <message>
        <source>Dismiss</source>
        <translation>Прибрати</translation>
    </message>
</context>
<context>
    <name>replog::OutputPanel</name>
    <message>
        <source>Node whose output is shown</source>
        <translation>Вузол, чий вивід показано</translation>
    </message>
    <message>
        <source>Output &amp;of:</source>
        <translation>Вив&amp;ід вузла:</translation>
    </message>
    <message>
        <source>Process output</source>
        <translation>Вивід процесу</translation>
    </message>
    <message>
        <source>No process output</source>
        <translation>Виводу процесів немає</translation>
    </message>
    <message>
        <source>The nodes of this cluster are not run from here.</source>
        <translation>Вузли цього кластера запущено не звідси.</translation>
    </message>
    <message>
        <source>No process output yet</source>
        <translation>Виводу процесів ще немає</translation>
    </message>
    <message>
        <source>What the nodes&apos; processes print is shown here.</source>
        <translation>Тут показано, що пишуть процеси вузлів.</translation>
    </message>
    <message>
        <source>What the processes of a cluster print is shown here.</source>
        <translation>Тут показано, що пишуть процеси кластера.</translation>
    </message>
</context>
<context>
    <name>replog::RequestsModel</name>
    <message>
        <source>waiting, %1</source>
        <translation>чекає, %1</translation>
    </message>
    <message>
        <source>OK after %1</source>
        <translation>OK за %1</translation>
    </message>
    <message numerus="yes">
        <source>timed out with %n ack(s)</source>
        <translation>
            <numerusform>час вийшов, %n підтвердження</numerusform>
            <numerusform>час вийшов, %n підтвердження</numerusform>
            <numerusform>час вийшов, %n підтверджень</numerusform>
        </translation>
    </message>
    <message>
        <source>timed out</source>
        <translation>час вийшов</translation>
    </message>
    <message>
        <source>stopped waiting</source>
        <translation>чекання припинено</translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation>не вдалося: %1</translation>
    </message>
    <message>
        <source>%1. The message stays in the log and goes on being replicated.</source>
        <translation>%1. Повідомлення лишається в журналі й реплікується далі.</translation>
    </message>
    <message>
        <source>w=%1, timeout %2</source>
        <translation>w=%1, ліміт часу %2</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Стан</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>№</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Повідомлення</translation>
    </message>
    <message>
        <source>queued here</source>
        <translation>у черзі тут</translation>
    </message>
    <message>
        <source>outcome unknown, asking again</source>
        <translation>результат невідомий, запит повторюється</translation>
    </message>
    <message>
        <source>given up: %1</source>
        <translation>скасовано: %1</translation>
    </message>
    <message>
        <source>outcome unknown: %1</source>
        <translation>результат невідомий: %1</translation>
    </message>
    <message>
        <source>%1. The message may be in the log: look for it there before you send it again, which would append another one.</source>
        <translation>%1. Повідомлення може бути в журналі: пошукайте його там, перш ніж надсилати ще раз, бо це додасть інше.</translation>
    </message>
    <message>
        <source>The connection broke before the answer came, so nobody here knows whether the message is in the log. It is asked for again with the same key, which appends nothing twice.
%1</source>
        <translation>З’єднання обірвалося раніше, ніж прийшла відповідь, тож невідомо, чи є повідомлення в журналі. Запит повторюється з тим самим ключем, тому двічі нічого не додасться.
%1</translation>
    </message>
    <message>
        <source>%1 in the cluster, %2 here</source>
        <translation>%1 у кластері, %2 тут</translation>
    </message>
</context>
<context>
    <name>replog::SecurityFields</name>
    <message>
        <source>C&amp;ertificates and token</source>
        <translation>С&amp;ертифікати й токен</translation>
    </message>
    <message>
        <source>Authoritie&amp;s:</source>
        <translation>&amp;Центри сертифікації:</translation>
    </message>
    <message>
        <source>PEM file; empty: the system&apos;s</source>
        <translation>файл PEM; порожньо: системні</translation>
    </message>
    <message>
        <source>&amp;Our certificate:</source>
        <translation>&amp;Наш сертифікат:</translation>
    </message>
    <message>
        <source>PEM file, where asked for</source>
        <translation>файл PEM, якщо потрібен</translation>
    </message>
    <message>
        <source>&amp;Its key:</source>
        <translation>&amp;Ключ до нього:</translation>
    </message>
    <message>
        <source>PEM file</source>
        <translation>файл PEM</translation>
    </message>
    <message>
        <source>where asked for</source>
        <translation>якщо потрібен</translation>
    </message>
    <message>
        <source>It is sent to the addresses that stand above, and to no other: those of further nodes go behind the master&apos;s, after a comma.</source>
        <translation>Надсилається лише на вказані вище адреси й на жодні інші; адреси інших вузлів дописуйте після адреси головного через кому.</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Токен</translation>
    </message>
    <message>
        <source>&amp;Token:</source>
        <translation>&amp;Токен:</translation>
    </message>
    <message>
        <source>&amp;Keep it in the system&apos;s keyring</source>
        <translation>З&amp;берігати в системному сховищі ключів</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>Огляд…</translation>
    </message>
    <message>
        <source>PEM File</source>
        <translation>Файл PEM</translation>
    </message>
    <message>
        <source>PEM files (*.pem *.crt *.key);;All files (*)</source>
        <translation>Файли PEM (*.pem *.crt *.key);;Усі файли (*)</translation>
    </message>
    <message>
        <source>Our certificate and its key go together.</source>
        <translation>Сертифікат і ключ до нього потрібні разом.</translation>
    </message>
    <message>
        <source>Token: has a character that no token has.</source>
        <translation>Токен: містить символ, якого в токенах не буває.</translation>
    </message>
</context>
<context>
    <name>replog::SequencePanel</name>
    <message>
        <source>%1 does not tell what happens to messages: %2.</source>
        <translation>Вузол %1 не повідомляє про рух повідомлень: %2.</translation>
    </message>
    <message>
        <source>Only message…</source>
        <translation>Лише повідомлення…</translation>
    </message>
    <message>
        <source>Id of the message whose way is shown</source>
        <translation>Номер повідомлення, шлях якого показано</translation>
    </message>
    <message>
        <source>Hold</source>
        <translation>Утримати</translation>
    </message>
    <message>
        <source>Keeps the picture as it is</source>
        <translation>Зберігає малюнок таким, як є</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Очистити</translation>
    </message>
    <message>
        <source>Begins with an empty picture</source>
        <translation>Починає з порожнього малюнка</translation>
    </message>
    <message>
        <source>Export as SVG…</source>
        <translation>Експорт як SVG…</translation>
    </message>
    <message>
        <source>Messages in flight, from node to node</source>
        <translation>Рух повідомлень від вузла до вузла</translation>
    </message>
    <message>
        <source>Append a message to see it travel from node to node. Faults of a node (Node ▸ Faults…) slow it down or lose it on its way.</source>
        <translation>Додайте повідомлення, щоб побачити, як воно йде від вузла до вузла. Збої вузла (Вузол ▸ Збої…) сповільнюють його або гублять дорогою.</translation>
    </message>
    <message>
        <source>Export as SVG</source>
        <translation>Експорт як SVG</translation>
    </message>
    <message>
        <source>SVG pictures (*.svg)</source>
        <translation>Малюнки SVG (*.svg)</translation>
    </message>
    <message>
        <source>The picture is in %1.</source>
        <translation>Малюнок записано до %1.</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Much is in flight: only the last %1 s are shown</source>
        <translation>Подій забагато: показано лише останні %1 с</translation>
    </message>
    <message>
        <source>Nothing was traced of message %1. Traces are read only while this panel is in view, and the oldest steps are dropped.</source>
        <translation>Про шлях повідомлення %1 нічого не відомо. За шляхом стежать лише тоді, коли цю панель видно, а найдавніші кроки відкидаються.</translation>
    </message>
    <message>
        <source>“%1” is no id: an id is a whole number from 1.</source>
        <translation>«%1» — не номер: номер — це ціле число від 1.</translation>
    </message>
</context>
<context>
    <name>replog::Theme</name>
    <message>
        <source>As the &amp;System</source>
        <translation>Як у &amp;системі</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>Світ&amp;ла</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Темна</translation>
    </message>
</context>
<context>
    <name>replog::TimelinePanel</name>
    <message>
        <source>Kinds</source>
        <translation>Види</translation>
    </message>
    <message>
        <source>Which kinds of events are shown</source>
        <translation>Які види подій показано</translation>
    </message>
    <message>
        <source>Show &amp;All</source>
        <translation>Показати &amp;всі</translation>
    </message>
    <message>
        <source>Node whose events are shown</source>
        <translation>Вузол, чиї події показано</translation>
    </message>
    <message>
        <source>Filter by text</source>
        <translation>Фільтр за текстом</translation>
    </message>
    <message>
        <source>Filter events by text</source>
        <translation>Фільтр подій за текстом</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Очистити</translation>
    </message>
    <message>
        <source>Forgets the events shown so far</source>
        <translation>Прибирає показані досі події</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>Події</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Копіювати</translation>
    </message>
    <message>
        <source>Nothing to show</source>
        <translation>Немає чого показувати</translation>
    </message>
    <message>
        <source>What happens in the cluster is listed here, as far as the filters let it through.</source>
        <translation>Тут перелічено, що діється в кластері, — наскільки це пропускають фільтри.</translation>
    </message>
    <message>
        <source>All nodes</source>
        <translation>Усі вузли</translation>
    </message>
</context>
<context>
    <name>replog::TraceReader</name>
    <message>
        <source>it is too old to tell</source>
        <translation>він застарий для цього</translation>
    </message>
    <message>
        <source>it answered %1</source>
        <translation>він відповів %1</translation>
    </message>
</context>
<context>
    <name>replog::WaitsModel</name>
    <message>
        <source>It asks for %1 nodes, more than the master knows now. It goes on waiting for one to join.</source>
        <translation>Воно вимагає %1 вузлів — більше, ніж зараз знає головний. Воно чекатиме, доки приєднається ще один.</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 з %2</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>№</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Повідомлення</translation>
    </message>
    <message>
        <source>Acks of w</source>
        <translation>Мають</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>Бракує</translation>
    </message>
    <message>
        <source>Waits</source>
        <translation>Чекає</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>Клієнти</translation>
    </message>
</context>
<context>
    <name>replog::WaitsView</name>
    <message>
        <source>&amp;Release…</source>
        <translation>&amp;Припинити очікування…</translation>
    </message>
    <message>
        <source>Show in the &amp;Log</source>
        <translation>Показати в &amp;журналі</translation>
    </message>
    <message>
        <source>Pending concern waits</source>
        <translation>Очікування на вимоги запису</translation>
    </message>
    <message>
        <source>Give up the wait: its clients are told that it was not satisfied</source>
        <translation>Припинити очікування: його клієнтам скажуть, що вимогу не виконано</translation>
    </message>
    <message>
        <source>Nobody waits</source>
        <translation>Ніхто не чекає</translation>
    </message>
    <message>
        <source>A message that asks for more nodes than hold it shows here until they do.</source>
        <translation>Тут видно кожне повідомлення, яке вимагає більше вузлів, ніж його мають, — доки не матимуть.</translation>
    </message>
    <message>
        <source>The first %1 of %2 waits</source>
        <translation>Перші %1 з %2 очікувань</translation>
    </message>
    <message>
        <source>Release the wait for message %1?</source>
        <translation>Припинити очікування на повідомлення %1?</translation>
    </message>
    <message numerus="yes">
        <source>Release %n wait(s)?</source>
        <translation>
            <numerusform>Припинити %n очікування?</numerusform>
            <numerusform>Припинити %n очікування?</numerusform>
            <numerusform>Припинити %n очікувань?</numerusform>
        </translation>
    </message>
    <message>
        <source>Release</source>
        <translation>Припинити очікування</translation>
    </message>
    <message>
        <source>This breaks a promise: its clients asked for more nodes than hold the message now. They are told that it was given up. The message stays in the log.</source>
        <translation>Це порушує обіцянку: клієнти просили більше вузлів, ніж зараз мають повідомлення. Їм скажуть, що очікування припинено. Повідомлення лишиться в журналі.</translation>
    </message>
    <message>
        <source>Held by %1 of %2 nodes; missing: %3.</source>
        <translation>Мають %1 з %2 вузлів; бракує: %3.</translation>
    </message>
    <message>
        <source>&amp;Release</source>
        <translation>&amp;Припинити</translation>
    </message>
    <message>
        <source>The wait for message %1 is not released: %2</source>
        <translation>Очікування на повідомлення %1 не припинено: %2</translation>
    </message>
    <message>
        <source>Not known</source>
        <translation>Невідомо</translation>
    </message>
    <message>
        <source>The master, which knows who waits, has not been heard yet.</source>
        <translation>Головного вузла, який знає, хто чекає, ще не було чути.</translation>
    </message>
    <message>
        <source>The master, which knows who waits, is silent. Nobody waited as of %1.</source>
        <translation>Головний вузол, який знає, хто чекає, мовчить. Станом на %1 ніхто не чекав.</translation>
    </message>
    <message>
        <source>As of %1: the master is silent</source>
        <translation>Станом на %1: головний вузол мовчить</translation>
    </message>
</context>
<context>
    <name>replog::WalkPanel</name>
    <message>
        <source>Guided walks</source>
        <translation>Покрокові покази</translation>
    </message>
    <message>
        <source>Each plays on a fresh local cluster, step by step, says what to expect, and checks it. Choose one from the Walk menu.</source>
        <translation>Кожен проходить на новому локальному кластері, крок за кроком, каже, чого очікувати, і перевіряє це. Виберіть його в меню «Показ».</translation>
    </message>
    <message>
        <source>Does the next step</source>
        <translation>Робить наступний крок</translation>
    </message>
    <message>
        <source>Does one step after the other, with a pause before each</source>
        <translation>Робить крок за кроком, із паузою перед кожним</translation>
    </message>
    <message>
        <source>Ends the walk; the cluster stays open</source>
        <translation>Завершує показ; кластер лишається відкритим</translation>
    </message>
    <message>
        <source>Begins the walk anew</source>
        <translation>Починає показ спочатку</translation>
    </message>
    <message numerus="yes">
        <source>All %n step(s) went as expected.</source>
        <translation>
            <numerusform>%n крок пройшов, як очікувалося.</numerusform>
            <numerusform>Усі %n кроки пройшли, як очікувалося.</numerusform>
            <numerusform>Усі %n кроків пройшли, як очікувалося.</numerusform>
        </translation>
    </message>
    <message>
        <source>Step %1 did not go as expected.</source>
        <translation>Крок %1 пройшов не так, як очікувалося.</translation>
    </message>
    <message>
        <source>The walk was stopped.</source>
        <translation>Показ зупинено.</translation>
    </message>
    <message>
        <source>Step %1 of %2</source>
        <translation>Крок %1 з %2</translation>
    </message>
    <message>
        <source>Guided &amp;Walk</source>
        <translation>Покроковий &amp;показ</translation>
    </message>
    <message>
        <source>Shows on a fresh local cluster what write concerns do, step by step</source>
        <translation>Показує на новому локальному кластері, крок за кроком, що роблять вимоги запису</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Далі</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Відтворити</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Зупинити</translation>
    </message>
    <message>
        <source>Again</source>
        <translation>Спочатку</translation>
    </message>
    <message>
        <source>The guided walk plays on a fresh local cluster, in place of this one.</source>
        <translation>Покроковий показ відбувається на новому локальному кластері замість цього.</translation>
    </message>
    <message>
        <source>Guided Walk</source>
        <translation>Покроковий показ</translation>
    </message>
    <message>
        <source>Close “%1”?</source>
        <translation>Закрити «%1»?</translation>
    </message>
    <message>
        <source>The guided walk plays on a fresh local cluster, in place of this one. What this window shows of it, such as its requests and what happened, is cleared; its nodes are left alone.</source>
        <translation>Покроковий показ іде на новому локальному кластері замість цього. Те, що вікно про нього показує, як-от запити й події, зникне з вікна; його вузлів це не торкнеться.</translation>
    </message>
    <message>
        <source>&amp;Close It</source>
        <translation>&amp;Закрити</translation>
    </message>
</context>
<context>
    <name>replog::WalkStage</name>
    <message>
        <source>nothing</source>
        <translation>нічого</translation>
    </message>
    <message>
        <source>the master does not answer yet</source>
        <translation>головний вузол ще не відповідає</translation>
    </message>
    <message>
        <source>%1 has not joined yet</source>
        <translation>%1 ще не приєднався</translation>
    </message>
    <message>
        <source>The master runs.</source>
        <translation>Головний вузол працює.</translation>
    </message>
    <message>
        <source>The master runs, and %1 has joined.</source>
        <translation>Головний вузол працює, %1 приєднався.</translation>
    </message>
    <message>
        <source>the client of %1 is still waiting</source>
        <translation>клієнт повідомлення %1 ще чекає</translation>
    </message>
    <message numerus="yes">
        <source>%1: OK after %2, held by %n node(s).</source>
        <translation>
            <numerusform>%1: OK за %2, має %n вузол.</numerusform>
            <numerusform>%1: OK за %2, мають %n вузли.</numerusform>
            <numerusform>%1: OK за %2, мають %n вузлів.</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 failed: %2</source>
        <translation>%1 не вдалося: %2</translation>
    </message>
    <message>
        <source>%1 was answered OK, though it should wait</source>
        <translation>%1 отримало OK, хоча мало б чекати</translation>
    </message>
    <message>
        <source>the master does not tell of a wait for message %1 yet</source>
        <translation>головний вузол ще не повідомляє про очікування на повідомлення %1</translation>
    </message>
    <message>
        <source>%1 is held by %2 of %3 nodes</source>
        <translation>%1 мають %2 з %3 вузлів</translation>
    </message>
    <message>
        <source>%1 waits: held by %2 of %3 nodes.</source>
        <translation>%1 чекає: його мають %2 з %3 вузлів.</translation>
    </message>
    <message>
        <source>the client of %1 still hopes for an answer</source>
        <translation>клієнт повідомлення %1 ще сподівається на відповідь</translation>
    </message>
    <message>
        <source>%1 does not answer: %2</source>
        <translation>%1 не відповідає: %2</translation>
    </message>
    <message>
        <source>%1 shows %2.</source>
        <translation>%1 показує %2.</translation>
    </message>
    <message>
        <source>%1 shows %2 instead of %3</source>
        <translation>%1 показує %2 замість %3</translation>
    </message>
    <message>
        <source>%1 holds %2: each once.</source>
        <translation>%1 має %2: кожне по разу.</translation>
    </message>
    <message>
        <source>%1 holds %2</source>
        <translation>%1 має %2</translation>
    </message>
    <message numerus="yes">
        <source>%n retry(s) so far.</source>
        <translation>
            <numerusform>Досі %n повтор.</numerusform>
            <numerusform>Досі %n повтори.</numerusform>
            <numerusform>Досі %n повторів.</numerusform>
        </translation>
    </message>
    <message>
        <source>The master is back, with epoch %1 after %2.</source>
        <translation>Головний вузол повернувся, епоха %1 після %2.</translation>
    </message>
    <message>
        <source>the master is not back yet</source>
        <translation>головний вузол ще не повернувся</translation>
    </message>
    <message>
        <source>The process of %1 is gone.</source>
        <translation>Процесу %1 більше немає.</translation>
    </message>
    <message>
        <source>%1 still runs</source>
        <translation>%1 ще працює</translation>
    </message>
    <message>
        <source>Everything up to message %1 is committed.</source>
        <translation>Зафіксовано все до повідомлення %1 включно.</translation>
    </message>
    <message>
        <source>The logs of %1 and %2 have the same checksum.</source>
        <translation>Журнали %1 і %2 мають однакову контрольну суму.</translation>
    </message>
    <message>
        <source>the logs of %1 and %2 differ</source>
        <translation>журнали %1 і %2 відрізняються</translation>
    </message>
    <message>
        <source>The client of %1 lost its connection, and asks again.</source>
        <translation>Клієнт повідомлення %1 втратив з’єднання й питає знову.</translation>
    </message>
    <message>
        <source>%1 was answered, though it should not be</source>
        <translation>%1 отримало відповідь, хоча не мало</translation>
    </message>
    <message>
        <source>another cluster is open</source>
        <translation>відкрито інший кластер</translation>
    </message>
</context>
<context>
    <name>replog::WalkStepRow</name>
    <message>
        <source>Expect: %1</source>
        <translation>Очікуємо: %1</translation>
    </message>
    <message>
        <source>to come</source>
        <translation>попереду</translation>
    </message>
    <message>
        <source>next</source>
        <translation>наступний</translation>
    </message>
    <message>
        <source>looking</source>
        <translation>дивимося</translation>
    </message>
    <message>
        <source>as expected</source>
        <translation>як очікувалося</translation>
    </message>
    <message>
        <source>not as expected</source>
        <translation>не так, як очікувалося</translation>
    </message>
</context>
</TS>
