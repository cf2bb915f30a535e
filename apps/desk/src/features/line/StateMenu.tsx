import { Menu, SegmentedControl, UnstyledButton } from "@mantine/core";
import { IconCheck, IconChevronDown, IconCoffee, IconDoorExit, IconHeadset, IconPlayerPause, IconSchool, IconSoup, IconTool, IconUsers } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { useT, useWord, type MessageKey } from "../../i18n/intl.tsx";
import { Since } from "../../shared/clock.tsx";
import { useLine } from "./line.tsx";
import css from "./line.module.css";

const reasons = [["break", IconCoffee], ["lunch", IconSoup], ["training", IconSchool], ["meeting", IconUsers], ["technical", IconTool], ["other", IconPlayerPause]] as const;

const MyPhone = lazy(() => import("../operators/MyPhone.tsx"));

/** My state, always visible, with the time in it. */
export function StateMenu() {
  const t = useT();
  const word = useWord();
  const { line, goTo, device } = useLine();
  if (!line) return <div className={`skeleton ${css.stateWait}`} />;
  const reason = line.state === "not_ready" && line.reason ? word("reason", line.reason) : null;
  // The state of the line is "talking" while it dials and while it holds; the person wants to know which.
  const deed = line.call?.state === "dialling" ? t("call.dialling") : line.held && line.state === "talking" ? t("call.held") : null;
  return (
    <Menu position="bottom-start" width={270}>
      <Menu.Target>
        <UnstyledButton className={css.state} data-state={line.state}>
          <span className="visually-hidden">{t("state.mine")}</span><span className={css.stateMark} aria-hidden />
          <span className="cut">{reason ?? deed ?? t(`state.${line.state}`)}</span>
          <Since at={line.since} className="num" />
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className={css.states}>
        <Menu.Item leftSection={<IconHeadset size={16} color="var(--live-mark)" />} rightSection={<Here when={line.state === "ready"} />} onClick={() => void goTo("ready")}>{t("state.ready")}</Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("state.not_ready")}</Menu.Label>
        {reasons.map(([key, Icon]) => <Menu.Item key={key} leftSection={<Icon size={16} />} rightSection={<Here when={line.state === "not_ready" && line.reason === key} />} onClick={() => void goTo("not_ready", key)}>{t(`reason.${key}` satisfies MessageKey)}</Menu.Item>)}
        <Menu.Divider />
        <Menu.Item leftSection={<IconDoorExit size={16} />} rightSection={<Here when={line.state === "offline"} />} onClick={() => void goTo("offline")}>{t("state.offline")}</Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("device.title")}</Menu.Label>
        <div className={css.device}>
          <SegmentedControl size="xs" fullWidth value={line.device} onChange={(value) => void device(value as "browser" | "phone")} data={[{ value: "browser", label: t("device.browser") }, { value: "phone", label: t("device.phone"), disabled: line.extension === null && !line.phoneRegistered && line.device === "browser" }]} aria-label={t("device.title")} />
          {line.device === "phone" && <p className={line.phoneRegistered ? "small dim" : css.warn}>{t(line.phoneRegistered ? "device.registered" : "device.unregistered")}</p>}
          {line.extension ? <Suspense><MyPhone extension={line.extension} /></Suspense> : !line.phoneRegistered && <p className="small dim">{t("device.none")}</p>}
        </div>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The only mark in the menu that says "this is so now". */
function Here({ when }: { when: boolean }) {
  const t = useT();
  return when && <IconCheck size={15} aria-label={t("state.now")} />;
}
