import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.ConnectionFactory;
import javax.jms.Destination;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Session;
import javax.jms.TextMessage;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/**
 * One message as different clients send and read it. CLIENT is "openwire" (ActiveMQ's JMS), "qpid" (JMS over AMQP) or, to
 * send alone, "mqtt". DESTINATION is what the client calls it. Commands:
 *   send CLIENT URL DESTINATION ...         sends a text, and bytes, with properties of every type, to each destination
 *   read CLIENT URL DESTINATION COUNT       consumes so many messages
 * Prints one JSON object a line for each message. Credentials are in the environment: MQ_DR_USER, MQ_DR_PASSWORD.
 */
public final class ClientsTool {
    private static final long PATIENCE_MS = 10_000;
    private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    public static void main(String[] arguments) throws Exception {
        String client = arguments[1];
        List<String> rest = List.of(arguments).subList(3, arguments.length);
        if (client.equals("mqtt")) {
            publish(arguments[2], rest);
            return;
        }
        ConnectionFactory factory =
            client.equals("qpid") ? new JmsConnectionFactory(arguments[2]) : new ActiveMQConnectionFactory(arguments[2]);
        Connection connection = factory.createConnection(System.getenv("MQ_DR_USER"), System.getenv("MQ_DR_PASSWORD"));
        connection.start();
        try {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            if (arguments[0].equals("send")) {
                for (String name : rest) send(session, destination(session, name));
            } else {
                MessageConsumer consumer = session.createConsumer(destination(session, rest.get(0)));
                for (int left = Integer.parseInt(rest.get(1)); left > 0; left--) {
                    Message message = consumer.receive(PATIENCE_MS);
                    if (message == null) break;
                    OUT.println(describe(message));
                }
            }
        } finally {
            OUT.flush();
            connection.close();
        }
    }

    private static Destination destination(Session session, String name) throws Exception {
        String topic = "topic://";
        return name.startsWith(topic) ? session.createTopic(name.substring(topic.length())) : session.createQueue(name);
    }

    private static void send(Session session, Destination destination) throws Exception {
        MessageProducer producer = session.createProducer(destination);
        BytesMessage bytes = session.createBytesMessage();
        bytes.writeBytes(new byte[] {0, (byte) 0xff, (byte) 0x80, 65});
        for (Message message : List.of(session.createTextMessage("Gr\u00f6\u00dfe \ud83d\ude00"), bytes)) {
            message.setJMSCorrelationID("cart-1");
            message.setStringProperty("text", "order 7");
            message.setIntProperty("int", 7);
            message.setLongProperty("long", 9_007_199_254_740_993L);
            message.setShortProperty("short", (short) -7);
            message.setByteProperty("byte", (byte) 7);
            message.setBooleanProperty("boolean", true);
            message.setDoubleProperty("double", 0.1);
            message.setDoubleProperty("wholeDouble", 7.0);
            message.setDoubleProperty("largeDouble", 1e21);
            message.setFloatProperty("float", 0.1f);
            producer.send(message);
            OUT.println(describe(message));
        }
    }

    private static void publish(String url, List<String> topics) throws Exception {
        MqttClient client = new MqttClient(url, "mqtt-" + System.nanoTime(), new MemoryPersistence());
        MqttConnectOptions options = new MqttConnectOptions();
        options.setUserName(System.getenv("MQ_DR_USER"));
        options.setPassword(System.getenv("MQ_DR_PASSWORD").toCharArray());
        client.connect(options);
        for (String topic : topics) client.publish(topic, "mqtt".getBytes(StandardCharsets.UTF_8), 1, false);
        client.disconnect();
        client.close();
    }

    private static String describe(Message message) throws Exception {
        List<String> fields = new ArrayList<>();
        fields.add(field("id", message.getJMSMessageID()));
        fields.add(field("correlationId", message.getJMSCorrelationID()));
        fields.add(field("destination", String.valueOf(message.getJMSDestination())));
        fields.add("\"timestamp\":" + message.getJMSTimestamp());
        byte[] body = new byte[0];
        String kind = "other";
        if (message instanceof TextMessage text) {
            kind = "text";
            body = text.getText() == null ? body : text.getText().getBytes(StandardCharsets.UTF_8);
        } else if (message instanceof BytesMessage bytes) {
            kind = "bytes";
            try {
                body = new byte[(int) bytes.getBodyLength()];
                bytes.readBytes(body);
            } catch (javax.jms.MessageNotReadableException justSent) {
                body = new byte[0];
            }
        }
        fields.add(field("kind", kind));
        fields.add(field("body", HexFormat.of().formatHex(body)));
        List<String> properties = new ArrayList<>();
        for (Object name : Collections.list(message.getPropertyNames())) {
            Object value = message.getObjectProperty((String) name);
            properties.add(field((String) name, value == null ? null : value.getClass().getSimpleName() + ":" + value));
        }
        fields.add("\"properties\":{" + String.join(",", properties) + "}");
        return "{" + String.join(",", fields) + "}";
    }

    private static String field(String name, String value) {
        return quoted(name) + ":" + (value == null ? "null" : quoted(value));
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char each : text.toCharArray()) {
            if (each < 0x20 || each > 0x7e || each == '"' || each == '\\') quoted.append(String.format("\\u%04x", (int) each));
            else quoted.append(each);
        }
        return quoted.append('"').toString();
    }
}
