/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.pkcs11.internal.Cka;
import com.spatium.cryptodriver.pkcs11.internal.Ckr;
import com.spatium.cryptodriver.pkcs11.internal.Template;
import com.spatium.ecmath.EcMath;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The driver could start, or it says why not. */
final class DoctorIT {
  private static final EcMath ECMATH = EcMath.open();

  private final SoftHsm hsm = SoftHsm.instance();
  private final SoftHsm.TestToken there = hsm.newToken();

  private Doctor.Report ask(Path module, String label, String pin, String installation) {
    Doctor.Report report =
        Doctor.examine(
            ECMATH,
            new Doctor.Question(
                Optional.ofNullable(module),
                Optional.ofNullable(label),
                Optional.ofNullable(pin).map(p -> SoftHsm.pin(ECMATH, p)),
                Optional.ofNullable(installation)));
    assertEquals(
        report.usable(),
        report.lines().stream().noneMatch(l -> l.startsWith("[no]")),
        String.join("\n", report.lines()));
    return report;
  }

  private static void assertSays(Doctor.Report report, String text) {
    assertTrue(
        report.lines().stream().anyMatch(l -> l.contains(text)),
        text + " is not in:\n" + String.join("\n", report.lines()));
  }

  private int objects() {
    long session = hsm.module().driver().openSession(there.slot(), false);
    assertEquals(Ckr.OK, hsm.module().login(session, SoftHsm.PIN));
    int objects =
        hsm.module().driver().find(session, Template.empty().with(Cka.TOKEN, true)).size();
    hsm.module().logout(session);
    hsm.module().driver().closeSession(session);
    return objects;
  }

  @Test
  void withEverythingGivenTheDriverCanStart() {
    Doctor.Report report = ask(hsm.path(), there.label(), SoftHsm.PIN, "doc");
    assertTrue(report.usable(), String.join("\n", report.lines()));
    assertSays(report, "'" + there.label() + "'");
    assertSays(report, "no sealing keys in this token yet");
    assertEquals(0, objects());
    assertEquals(0, hsm.module().liveSessions(there.slot()));
    TokenCustody.provision(ECMATH, there.config(ECMATH), "doc").close();
    assertSays(ask(hsm.path(), there.label(), SoftHsm.PIN, "doc"), "sealing keys verified");
    assertEquals(2, objects());
  }

  @Test
  void whatIsMissingIsSaid() {
    assertSays(ask(Path.of("/nowhere/lib.so"), null, null, null), "/nowhere/lib.so");
    assertSays(ask(hsm.path(), "no-such-token", SoftHsm.PIN, null), "no-such-token");
    assertSays(ask(hsm.path(), there.label(), null, null), "no PIN given");
    assertSays(ask(hsm.path(), there.label(), "wrong-pin", null), "wrong");
    hsm.newToken();
    assertSays(ask(hsm.path(), null, SoftHsm.PIN, null), "give the label of one");
  }

  @Test
  void theUsualPlacesAreSearched() {
    assertSays(ask(null, there.label(), SoftHsm.PIN, null), "found module");
  }

  @Test
  void weakSealKeysAreFound() {
    TokenCustody.provision(ECMATH, there.config(ECMATH), "doc").close();
    long session = hsm.module().driver().openSession(there.slot(), true);
    assertEquals(Ckr.OK, hsm.module().login(session, SoftHsm.PIN));
    for (long object :
        hsm.module()
            .driver()
            .find(session, Template.empty().with(Cka.LABEL, "spatium:doc:seal-enc"))) {
      hsm.module().driver().destroyObject(session, object);
    }
    hsm.module()
        .driver()
        .generateKey(
            session,
            KeyKind.AES.generator(),
            KeyKind.AES.template("spatium:doc:seal-enc", true).with(Cka.WRAP, true));
    hsm.module().driver().closeSession(session);
    Doctor.Report report = ask(hsm.path(), there.label(), SoftHsm.PIN, "doc");
    assertFalse(report.usable());
    assertSays(report, "CKA_WRAP");
  }

  @Test
  void thePinIsInNoLine() {
    for (String pin : new String[] {SoftHsm.PIN, "wrong-pin-7712"}) {
      assertFalse(
          String.join("\n", ask(hsm.path(), there.label(), pin, null).lines()).contains(pin));
    }
  }
}
