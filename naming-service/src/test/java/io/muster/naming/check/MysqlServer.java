package io.muster.naming.check;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Cipher;

/**
 * The other side of the MySQL protocol, as the manual has it: proves passwords the way a server does, from hashes alone, so that it does not repeat
 * what the client computes.
 */
final class MysqlServer {

    private static final byte[] SALT = "abcdefghijklmnopqrst".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SWITCH_SALT = "ABCDEFGHIJKLMNOPQRST".getBytes(StandardCharsets.US_ASCII);
    private static final int CAPABILITIES = 0x1 | 0x200 | 0x2000 | 0x8000 | 0x80000;

    final String password;
    String greetsWith = MysqlPackets.NATIVE;
    String switchesTo = "";
    boolean knowsPasswordByHash = true;
    Buffer answer = packet("00 00 00 02 00 00 00");
    List<Buffer> resultSet = List.of();
    /** The last command comes when the check is over already. */
    final List<String> heard = new CopyOnWriteArrayList<>();

    int fragmentBytes = Integer.MAX_VALUE;
    private final KeyPair keys;

    MysqlServer(String password) {
        this.password = password;
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2_048);
            keys = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Bytes in hexadecimal. */
    static Buffer packet(String hex) {
        Buffer bytes = Buffer.buffer();
        for (String one : hex.trim().split("\\s+")) {
            bytes.appendByte((byte) Integer.parseInt(one, 16));
        }
        return bytes;
    }

    static Buffer error(int code, String message) {
        return Buffer.buffer()
                .appendUnsignedByte((short) 0xff)
                .appendUnsignedShortLE(code)
                .appendString("#HY000" + message);
    }

    /** A result of one row of texts. */
    void answersRow(String... columns) {
        List<Buffer> packets = new ArrayList<>();
        packets.add(Buffer.buffer().appendByte((byte) columns.length));
        for (int i = 0; i < columns.length; i++) {
            packets.add(packet("03 64 65 66 00 00 00 01 63 00 0c 21 00 40 00 00 00 fd 00 00 00 00 00"));
        }
        packets.add(packet("fe 00 00 02 00"));
        Buffer row = Buffer.buffer();
        for (String column : columns) {
            row.appendByte((byte) column.length()).appendString(column);
        }
        packets.add(row);
        packets.add(packet("fe 00 00 02 00"));
        resultSet = packets;
    }

    void serve(NetSocket socket) {
        new Session(socket).greet();
    }

    private final class Session {
        private final NetSocket socket;
        private Buffer received = Buffer.buffer();
        private int sequence;
        private String plugin = "";
        private byte[] salt = SALT;
        private int step;

        Session(NetSocket socket) {
            this.socket = socket;
            socket.handler(this::received);
        }

        void greet() {
            send(Buffer.buffer()
                    .appendByte((byte) 10)
                    .appendString("8.4.0-scripted")
                    .appendByte((byte) 0)
                    .appendIntLE(7)
                    .appendBytes(SALT, 0, 8)
                    .appendByte((byte) 0)
                    .appendUnsignedShortLE(CAPABILITIES & 0xffff)
                    .appendByte((byte) 33)
                    .appendUnsignedShortLE(2)
                    .appendUnsignedShortLE(CAPABILITIES >>> 16)
                    .appendByte((byte) 21)
                    .appendBytes(new byte[10])
                    .appendBytes(SALT, 8, 12)
                    .appendByte((byte) 0)
                    .appendString(greetsWith)
                    .appendByte((byte) 0));
        }

        private void received(Buffer chunk) {
            received.appendBuffer(chunk);
            while (received.length() >= 4 && received.length() >= 4 + received.getUnsignedMediumLE(0)) {
                int length = received.getUnsignedMediumLE(0);
                int number = received.getUnsignedByte(3);
                Buffer packet = received.getBuffer(4, 4 + length);
                received = received.getBuffer(4 + length, received.length());
                if (number != (step < 10 ? sequence : 0)) {
                    heard.add("out of order: " + number + " after " + sequence);
                }
                sequence = number + 1;
                take(packet);
            }
        }

        private void take(Buffer packet) {
            if (step == 0) {
                response(packet);
            } else if (step == 1) {
                prove(packet.getBytes());
            } else if (step == 2) {
                String pem = "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getPublic().getEncoded())
                        + "\n-----END PUBLIC KEY-----\n";
                heard.add("asks for the key: " + Arrays.toString(packet.getBytes()));
                step = 3;
                send(Buffer.buffer().appendByte((byte) 1).appendString(pem));
            } else if (step == 3) {
                accept(opened(packet.getBytes()).equals(password + "\0"));
            } else if (packet.getByte(0) == 1) {
                heard.add("quit");
            } else {
                heard.add("query " + packet.getString(1, packet.length()));
                sequence = 1;
                if (resultSet.isEmpty()) {
                    send(answer);
                } else {
                    resultSet.forEach(this::send);
                }
            }
        }

        private void response(Buffer packet) {
            int at = 32;
            int userFrom = at;
            while (packet.getByte(at) != 0) {
                at++;
            }
            heard.add("user " + packet.getString(userFrom, at));
            int proofBytes = packet.getUnsignedByte(at + 1);
            byte[] proof = packet.getBytes(at + 2, at + 2 + proofBytes);
            plugin = packet.getString(at + 2 + proofBytes, packet.length() - 1);
            if (switchesTo.isEmpty()) {
                prove(proof);
                return;
            }
            plugin = switchesTo;
            salt = SWITCH_SALT;
            step = 1;
            send(Buffer.buffer()
                    .appendUnsignedByte((short) 0xfe)
                    .appendString(plugin)
                    .appendByte((byte) 0)
                    .appendBytes(SWITCH_SALT)
                    .appendByte((byte) 0));
        }

        private void prove(byte[] proof) {
            boolean sha2 = plugin.equals(MysqlPackets.CACHING_SHA2);
            boolean right = password.isEmpty() ? proof.length == 0 : sha2 ? provesSha2(proof) : provesNative(proof);
            if (sha2 && !password.isEmpty() && !knowsPasswordByHash) {
                step = 2;
                send(packet("01 04"));
            } else {
                if (sha2 && right && !password.isEmpty()) {
                    send(packet("01 03"));
                }
                accept(right);
            }
        }

        /** SHA1(proof ^ SHA1(salt, stored)) is what is stored: SHA1(SHA1(password)). */
        private boolean provesNative(byte[] proof) {
            byte[] stored = hash("SHA-1", hash("SHA-1", password.getBytes(StandardCharsets.UTF_8)));
            byte[] once = xor(proof, hash("SHA-1", salt, stored));
            return Arrays.equals(hash("SHA-1", once), stored);
        }

        private boolean provesSha2(byte[] proof) {
            byte[] stored = hash("SHA-256", hash("SHA-256", password.getBytes(StandardCharsets.UTF_8)));
            byte[] once = xor(proof, hash("SHA-256", stored, salt));
            return Arrays.equals(hash("SHA-256", once), stored);
        }

        private String opened(byte[] sealed) {
            try {
                Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
                cipher.init(Cipher.DECRYPT_MODE, keys.getPrivate());
                byte[] plain = cipher.doFinal(sealed);
                for (int i = 0; i < plain.length; i++) {
                    plain[i] ^= salt[i % salt.length];
                }
                return new String(plain, StandardCharsets.UTF_8);
            } catch (GeneralSecurityException e) {
                return "";
            }
        }

        private void accept(boolean right) {
            step = 10;
            send(right ? packet("00 00 00 02 00 00 00") : error(1_045, "Access denied for user"));
        }

        private void send(Buffer payload) {
            Buffer framed = Buffer.buffer()
                    .appendMediumLE(payload.length())
                    .appendByte((byte) sequence)
                    .appendBuffer(payload);
            sequence++;
            for (int at = 0; at < framed.length(); at += Math.min(fragmentBytes, framed.length() - at)) {
                socket.write(framed.getBuffer(at, at + Math.min(fragmentBytes, framed.length() - at)));
            }
        }
    }

    private static byte[] hash(String algorithm, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] xor(byte[] one, byte[] other) {
        byte[] mixed = new byte[other.length];
        for (int i = 0; i < Math.min(one.length, other.length); i++) {
            mixed[i] = (byte) (one[i] ^ other[i]);
        }
        return mixed;
    }
}
