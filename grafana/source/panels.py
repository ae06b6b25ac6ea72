"""What differs between the kinds of panel, in Grafana's terms."""

from __future__ import annotations

from grafana.source.model import Column, Panel, Stat, Table, Thresholds, TimeSeries, Unit

SERVICE_URL = "/d/service?var-service={}&${{__url_time_range}}"


def kind_of(panel: Panel) -> str:
    """Grafana's name of the kind of panel."""
    match panel:
        case TimeSeries():
            return "timeseries"
        case Stat():
            return "stat"
        case Table():
            return "table"
        case _:
            raise TypeError(f"no kind of panel that we draw: {type(panel).__name__}")


def threshold_steps(thresholds: Thresholds | None) -> dict[str, object]:
    """Grafana always wants some; the first step has no value."""
    if thresholds is None:
        return {"mode": "absolute", "steps": [{"color": "blue", "value": None}]}
    steps: list[dict[str, object]] = [{"color": thresholds.base.value, "value": None}]
    steps += [{"color": colour.value, "value": value} for value, colour in thresholds.steps]
    return {"mode": "absolute", "steps": steps}


def style_of(panel: Panel) -> dict[str, object]:
    """How the fields of the panel are drawn."""
    match panel:
        case TimeSeries():
            return _lines(panel)
        case Table():
            return {"custom": {"align": "auto", "filterable": False}}
        case _:
            return {"color": {"mode": "thresholds"}}


def options_of(panel: Panel) -> dict[str, object]:
    """The options of the kind of panel."""
    match panel:
        case TimeSeries():
            return {
                "legend": {
                    "displayMode": "list",
                    "placement": "bottom",
                    "showLegend": True,
                    "calcs": [],
                },
                "tooltip": {"mode": "multi", "sort": "desc"},
            }
        case Stat():
            return {
                "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
                "colorMode": "value",
                "graphMode": "none" if panel.shows_name else "area",
                "textMode": "name" if panel.shows_name else "auto",
                "justifyMode": "auto",
                "orientation": "auto",
            }
        case _:
            return {"showHeader": True, "cellHeight": "sm"}


def overrides_of(panel: Panel) -> list[dict[str, object]]:
    """Where single fields differ from the others."""
    match panel:
        case TimeSeries():
            return [
                _override(
                    "byRegexp",
                    f"/{pattern}/",
                    {"color": {"mode": "fixed", "fixedColor": colour.value}},
                )
                for pattern, colour in panel.colours.items()
            ]
        case Table():
            return [
                _override("byName", column.title, properties)
                for column in panel.columns
                if (properties := _column_style(column))
            ]
        case _:
            return []


def transformations_of(panel: Panel) -> list[dict[str, object]]:
    """Tables: the targets joined by their labels, columns chosen, ordered and named."""
    if not isinstance(panel, Table):
        return []
    names = [column.source for column in panel.columns]
    return [
        {"id": "merge", "options": {}},
        {"id": "filterFieldsByName", "options": {"include": {"names": names}}},
        {
            "id": "organize",
            "options": {
                "indexByName": {name: index for index, name in enumerate(names)},
                "renameByName": {column.source: column.title for column in panel.columns},
            },
        },
    ]


def _lines(panel: TimeSeries) -> dict[str, object]:
    style: dict[str, object] = {
        "color": {"mode": "palette-classic"},
        "custom": {
            "drawStyle": "line",
            "lineInterpolation": "stepAfter" if panel.stepped else "linear",
            "lineWidth": 1,
            "fillOpacity": 30 if panel.stacked else 5,
            "showPoints": "never",
            "spanNulls": False,
            "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
            "thresholdsStyle": {"mode": "dashed" if panel.thresholds else "off"},
        },
        "links": [_service_link("${__field.labels.service}")] if panel.opens_service else [],
    }
    if panel.from_zero:
        style["min"] = 0
    if panel.at_most is not None:
        style["max"] = panel.at_most
    return style


def _column_style(column: Column) -> dict[str, object]:
    properties: dict[str, object] = {}
    if column.unit is not Unit.NONE:
        properties["unit"] = column.unit.value
    if column.thresholds:
        properties["thresholds"] = threshold_steps(column.thresholds)
        properties["custom.cellOptions"] = {"type": "color-text"}
    if column.opens_service:
        properties["links"] = [_service_link("${__value.text}")]
    return properties


def _service_link(value: str) -> dict[str, object]:
    return {"title": "Open the service", "url": SERVICE_URL.format(value), "targetBlank": False}


def _override(matcher: str, of: str, properties: dict[str, object]) -> dict[str, object]:
    return {
        "matcher": {"id": matcher, "options": of},
        "properties": [{"id": name, "value": value} for name, value in properties.items()],
    }
