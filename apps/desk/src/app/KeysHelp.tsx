import { Modal } from "@mantine/core";
import { useT } from "../i18n/intl.tsx";
import { keysOf, liveActions } from "../shared/keys.ts";
import { Keys } from "../shared/parts.tsx";
import css from "./shell.module.css";

/** What the keys do on the screen that is open. */
export default function KeysHelp({ onClose }: { onClose: () => void }) {
  const t = useT();
  const actions = liveActions();
  return (
    <Modal opened onClose={onClose} title={<b>{t("keys.title")}</b>} size="lg" closeButtonProps={{ "aria-label": t("do.close") }}>
      <div className={css.keysTable}>
        {actions.map((action) => (
          <div key={action}><span>{t(`key.${action}`)}</span><span className="row">{keysOf(action).map((combo) => <Keys key={combo} combo={combo} />)}</span></div>
        ))}
        <div><span>{t("key.send")}</span><Keys combo="Ctrl+Enter" /></div>
        <div><span>{t("key.conversation")}</span><Keys combo="Alt+1…9" /></div>
      </div>
      <p className="dim small pre">{"\n"}{t("keys.rule")}</p>
    </Modal>
  );
}
