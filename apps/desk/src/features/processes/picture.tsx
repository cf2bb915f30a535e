import { BaseEdge, Handle, Position, type Edge, type EdgeProps, type Node, type NodeProps } from "@xyflow/react";
import { IconAlertTriangle, IconClock, IconClockOff, IconClockPause, IconFlagFilled, IconGavel, IconListCheck, IconMail, IconPlayerPlayFilled, IconRobot, IconShieldHalf, IconSubtask, IconUser } from "@tabler/icons-react";
import { memo } from "react";
import { useT } from "../../i18n/intl.tsx";
import { curve, type Direction, type Line, type StageNode, type WayNode } from "./graph.ts";
import css from "./processes.module.css";

const inward = { right: Position.Left, down: Position.Top } as const;
const outward = { right: Position.Right, down: Position.Bottom } as const;

/** What a stage shows of itself; the rest stands in the panel. */
export type StageData = { stage: StageNode; name: string; clientSees: string; direction: Direction; clock: "runs" | "paused" | "stopped"; isFinal: boolean; hasProblem: boolean; [key: string]: unknown };
export type StageFlowNode = Node<StageData, "stage">;

export const StageView = memo(function StageView({ data, selected }: NodeProps<StageFlowNode>) {
  const t = useT();
  const { stage, name, clientSees, clock, isFinal, hasProblem } = data;
  const isTroubled = hasProblem || stage.trouble !== null;
  return (
    <div className={css.stage} data-selected={selected || undefined} data-final={isFinal || undefined} data-trouble={isTroubled || undefined}>
      <Handle type="target" position={inward[data.direction]} className={css.handle} />
      <div className={css.stageName}>{stage.isStart && <IconPlayerPlayFilled size={11} aria-label={t("process.start")} />}{isFinal && <IconFlagFilled size={11} aria-label={t("process.final")} />}<span className={css.stageWords}>{name}</span></div>
      <div className={css.stageSees}><ClockMark clock={clock} /><span className="cut">{clientSees}</span>{isTroubled && <IconAlertTriangle size={13} className={css.trouble} aria-label={stage.trouble ? t(`process.trouble.${stage.trouble}`) : t("process.trouble.problem")} />}</div>
      <Handle type="source" position={outward[data.direction]} className={css.handle} />
    </div>
  );
});

function ClockMark({ clock }: { clock: StageData["clock"] }) {
  const t = useT();
  const Icon = { runs: IconClock, paused: IconClockPause, stopped: IconClockOff }[clock];
  return <Icon size={13} aria-label={t(`process.clock.${clock}`)} />;
}

export type WayMark = "guards" | "checklist" | "approval" | "subtasks" | "notice";
export type WayData = { direction: Direction; way: WayNode; name: string; isChosen: boolean; isTroubled: boolean; marks: readonly WayMark[]; [key: string]: unknown };
export type WayFlowNode = Node<WayData, "way">;

const marks = { guards: IconShieldHalf, checklist: IconListCheck, approval: IconGavel, subtasks: IconSubtask, notice: IconMail } as const;
const icons = { client: IconUser, automatic: IconRobot, timer: IconClock } as const;

export const WayView = memo(function WayView({ data }: NodeProps<WayFlowNode>) {
  const t = useT();
  const { way: { kind }, name, isChosen, isTroubled } = data;
  const Icon = kind === "person" ? null : icons[kind];
  return (
    <div className={css.way} data-chosen={isChosen || undefined} data-trouble={isTroubled || undefined} title={[name, ...data.marks.map((mark) => t(`process.mark.${mark}`))].join(" · ")}>
      <Handle type="target" position={inward[data.direction]} className={css.hidden} isConnectable={false} />
      {kind !== "person" && Icon && <Icon size={12} aria-label={t(`process.way.${kind}`)} />}<span className={css.wayName}>{name}</span>
      {data.marks.length > 0 && <span className={css.marks}>{data.marks.map((mark) => { const Mark = marks[mark]; return <Mark key={mark} size={11} aria-label={t(`process.mark.${mark}`)} />; })}</span>}
      <Handle type="source" position={outward[data.direction]} className={css.hidden} isConnectable={false} />
    </div>
  );
});

export type LineData = { direction: Direction; line: Line; isSystem: boolean; isChosen: boolean; [key: string]: unknown };
export type LineFlowEdge = Edge<LineData, "line">;

/** A soft line through the points of the layout. */
export const LineView = memo(function LineView({ id, data, sourceX, sourceY, targetX, targetY, markerEnd }: EdgeProps<LineFlowEdge>) {
  if (!data) return null;
  const points = [{ x: sourceX, y: sourceY }, ...data.line.points.slice(1, -1), { x: targetX, y: targetY }];
  return <BaseEdge id={id} path={curve(points, data.direction)} {...(markerEnd !== undefined && { markerEnd })} className={css.line ?? ""} data-system={data.isSystem || undefined} data-chosen={data.isChosen || undefined} />;
});
