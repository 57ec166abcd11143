package io.muster.naming.check;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;

/**
 * What a client of MySQL says and reads, as far as a health check goes: protocol 4.1 without TLS, compression or a database (MySQL Internals,
 * "Connection Phase" and "Command Phase"). By hand, since drivers block, or pool connections that a check must open anew. Payloads here are without their
 * four-byte headers.
 */
final class MysqlPackets {

    static final String NATIVE = "mysql_native_password";
    static final String CACHING_SHA2 = "caching_sha2_password";

    static final int OK = 0x00;
    static final int MORE_DATA = 0x01;
    static final int LOCAL_INFILE = 0xfb;
    static final int EOF = 0xfe;
    static final int ERROR = 0xff;

    /** Beside its first byte, an EOF packet has four at most; a row may begin with the same byte. */
    static final int EOF_BYTES_MAX = 9;

    static final int FAST_AUTH_OK = 3;
    static final int FULL_AUTH = 4;

    private static final int HANDSHAKE_V10 = 10;
    private static final int LONG_PASSWORD = 0x1;
    private static final int PROTOCOL_41 = 0x200;
    private static final int TRANSACTIONS = 0x2000;
    private static final int SECURE_CONNECTION = 0x8000;
    private static final int PLUGIN_AUTH = 0x80000;

    private static final int PACKET_BYTES_MAX = 1 << 24;
    private static final int UTF8_GENERAL_CI = 33;
    private static final int RESERVED_BYTES = 23;
    private static final int SALT_BYTES = 20;
    private static final int SALT_HEAD_BYTES = 8;
    private static final int COM_QUIT = 0x01;
    private static final int COM_QUERY = 0x03;
    private static final int SQL_STATE_CHARS = 6;

    private MysqlPackets() {}

    /** The server's greeting: what to mix into the password, and how. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Handshake(byte[] salt, String plugin) {}

    /**
     * @throws IllegalArgumentException if it is no greeting of protocol 10
     */
    static Handshake handshake(Buffer payload) {
        try {
            if (payload.getUnsignedByte(0) != HANDSHAKE_V10) {
                throw new IllegalArgumentException("not MySQL's protocol 10");
            }
            int at = endOfText(payload, 1) + 1 + 4;
            byte[] salt = new byte[SALT_BYTES];
            payload.getBytes(at, at + SALT_HEAD_BYTES, salt);
            at += SALT_HEAD_BYTES + 1;
            int low = payload.getUnsignedShortLE(at);
            // Character set and status.
            at += 2 + 1 + 2;
            int capabilities = low | (payload.getUnsignedShortLE(at) << 16);
            int saltBytes = payload.getUnsignedByte(at + 2);
            at += 2 + 1 + 10;
            if ((capabilities & PROTOCOL_41) == 0 || (capabilities & SECURE_CONNECTION) == 0) {
                throw new IllegalArgumentException("a MySQL older than 4.1");
            }
            payload.getBytes(at, at + SALT_BYTES - SALT_HEAD_BYTES, salt, SALT_HEAD_BYTES);
            at += Math.max(13, saltBytes - SALT_HEAD_BYTES);
            String plugin = (capabilities & PLUGIN_AUTH) == 0 ? NATIVE : text(payload, at);
            return new Handshake(salt, plugin);
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a greeting that breaks off", e);
        }
    }

    /** Answers the greeting. A plugin that is not known here is left to the server to switch from. */
    static Buffer response(Handshake handshake, String user, String password) {
        String plugin = handshake.plugin().equals(CACHING_SHA2) ? CACHING_SHA2 : NATIVE;
        byte[] proof = proof(plugin, handshake.salt(), password);
        return Buffer.buffer()
                .appendIntLE(LONG_PASSWORD | PROTOCOL_41 | TRANSACTIONS | SECURE_CONNECTION | PLUGIN_AUTH)
                .appendIntLE(PACKET_BYTES_MAX)
                .appendUnsignedByte((short) UTF8_GENERAL_CI)
                .appendBytes(new byte[RESERVED_BYTES])
                .appendBytes(user.getBytes(StandardCharsets.UTF_8))
                .appendByte((byte) 0)
                .appendUnsignedByte((short) proof.length)
                .appendBytes(proof)
                .appendBytes(plugin.getBytes(StandardCharsets.US_ASCII))
                .appendByte((byte) 0);
    }

    /**
     * The server asks for another way to prove the password.
     *
     * @throws IllegalArgumentException if it is none that is known here
     */
    static Handshake authSwitch(Buffer payload) {
        if (payload.length() == 1) {
            throw new IllegalArgumentException("the password method of MySQL before 4.1");
        }
        try {
            String plugin = text(payload, 1);
            int at = endOfText(payload, 1) + 1;
            byte[] salt = Arrays.copyOf(payload.getBytes(at, Math.min(payload.length(), at + SALT_BYTES)), SALT_BYTES);
            if (!plugin.equals(NATIVE) && !plugin.equals(CACHING_SHA2)) {
                throw new IllegalArgumentException("the password method " + plugin);
            }
            return new Handshake(salt, plugin);
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a switch of the password method that breaks off", e);
        }
    }

    /** The password, so mixed with the salt that only this server can check it. */
    static byte[] proof(String plugin, byte[] salt, String password) {
        if (password.isEmpty()) {
            return new byte[0];
        }
        byte[] plain = password.getBytes(StandardCharsets.UTF_8);
        if (plugin.equals(CACHING_SHA2)) {
            byte[] once = hash("SHA-256", plain);
            return xor(once, hash("SHA-256", hash("SHA-256", once), salt));
        }
        byte[] once = hash("SHA-1", plain);
        return xor(once, hash("SHA-1", salt, hash("SHA-1", once)));
    }

    /**
     * The password for the eyes of the server alone, when it has to see it.
     *
     * @param pem its public key
     */
    static Buffer sealed(String password, byte[] salt, String pem) {
        try {
            String base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
            PublicKey key = KeyFactory.getInstance("RSA")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
            byte[] plain = (password + '\0').getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < plain.length; i++) {
                plain[i] ^= salt[i % salt.length];
            }
            Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
            cipher.init(Cipher.ENCRYPT_MODE, key);
            return Buffer.buffer(cipher.doFinal(plain));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a public key that can't be used: " + e.getMessage(), e);
        }
    }

    static Buffer query(String command) {
        return Buffer.buffer().appendByte((byte) COM_QUERY).appendBytes(command.getBytes(StandardCharsets.UTF_8));
    }

    static Buffer quit() {
        return Buffer.buffer().appendByte((byte) COM_QUIT);
    }

    /** Code and text of an error, in the form with and without a state. */
    static String error(Buffer payload) {
        if (payload.length() < 3) {
            return "MySQL error";
        }
        boolean hasState = payload.length() >= 3 + SQL_STATE_CHARS && payload.getByte(3) == '#';
        String message = payload.getString(hasState ? 3 + SQL_STATE_CHARS : 3, payload.length());
        return "MySQL " + payload.getUnsignedShortLE(1) + ": " + message;
    }

    /** The text of a column of a row; empty if it is null or the row has no such column. */
    static String column(Buffer row, int index) {
        int at = 0;
        for (int i = 0; at < row.length(); i++) {
            int first = row.getUnsignedByte(at);
            if (first == LOCAL_INFILE) {
                at++;
                continue;
            }
            int lengthBytes = first < LOCAL_INFILE ? 0 : first == 0xfc ? 2 : first == 0xfd ? 3 : 8;
            int from = at + 1 + lengthBytes;
            if (from > row.length() || lengthBytes == 8) {
                return "";
            }
            int length = lengthBytes == 0
                    ? first
                    : lengthBytes == 2 ? row.getUnsignedShortLE(at + 1) : row.getUnsignedMediumLE(at + 1);
            if (from + length > row.length()) {
                return "";
            }
            if (i == index) {
                return row.getString(from, from + length);
            }
            at = from + length;
        }
        return "";
    }

    private static int endOfText(Buffer payload, int from) {
        int at = from;
        while (payload.getByte(at) != 0) {
            at++;
        }
        return at;
    }

    private static String text(Buffer payload, int from) {
        int to = from;
        while (to < payload.length() && payload.getByte(to) != 0) {
            to++;
        }
        return payload.getString(from, to);
    }

    private static byte[] hash(String algorithm, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    private static byte[] xor(byte[] one, byte[] other) {
        byte[] mixed = new byte[one.length];
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = (byte) (one[i] ^ other[i]);
        }
        return mixed;
    }
}
