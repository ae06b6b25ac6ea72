"""Spans, made by hand where requests, statements and calls begin and end.

The tracer is held here and not as the process-wide provider, so that no library adds spans of
its own next to ours.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, MutableMapping

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import NoOpTracer, Span, SpanContext, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.chassis.settings import ServiceSettings
from services.chassis.span_export import CollectorExporter

_propagator = TraceContextTextMapPropagator()
_tracer: Tracer = NoOpTracer()
_provider: TracerProvider | None = None

QUEUE_SPANS_MAX = 4096
"""Spans waiting to be exported; more are dropped, never waited for."""


def tracer() -> Tracer:
    """The tracer of this process; it records nothing until `start_tracing` has run."""
    return _tracer


def start_tracing(settings: ServiceSettings, processor: SpanProcessor | None = None) -> None:
    """Record spans from now on; without an endpoint and a `processor`, record none."""
    global _tracer, _provider
    endpoint = settings.otel_exporter_otlp_endpoint
    if processor is None and not endpoint:
        return
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(settings.otel_traces_sampler_arg)),
        resource=Resource.create(
            {
                "service.name": settings.service_name,
                "service.version": settings.service_version,
                "deployment.environment.name": settings.environment,
            }
        ),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(processor or _exporting(str(endpoint)))
    _provider, _tracer = provider, provider.get_tracer("services.chassis")


def stop_tracing() -> None:
    """Export what is queued, for at most a second, and record no more spans."""
    global _tracer, _provider
    if _provider is not None:
        _provider.force_flush(timeout_millis=1000)
        _provider.shutdown()
    _tracer, _provider = NoOpTracer(), None


def _exporting(endpoint: str) -> SpanProcessor:
    # A collector that is away must not fill the log of a service that is well.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    return BatchSpanProcessor(
        CollectorExporter(endpoint),
        max_queue_size=QUEUE_SPANS_MAX,
        schedule_delay_millis=1000,
        max_export_batch_size=512,
    )


def extract(headers: Mapping[str, str]) -> Context:
    """The caller's trace context, from lower-case header names."""
    return _propagator.extract(headers, context=Context())


def propagate(headers: MutableMapping[str, str], span: Span) -> None:
    """Add the trace context of `span` to the headers of an outgoing call (W3C traceparent)."""
    context = span.get_span_context()
    if not context.is_valid:
        return
    headers["traceparent"] = (
        f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
    )
    if context.trace_state:
        headers["tracestate"] = context.trace_state.to_header()


def span_context() -> SpanContext | None:
    """Identity of the current span, or None where there is no trace."""
    context = trace.get_current_span().get_span_context()
    return context if context.is_valid else None


def trace_id() -> str | None:
    """The current trace's id, 32 hex digits."""
    context = span_context()
    return f"{context.trace_id:032x}" if context else None


def exemplar() -> dict[str, str] | None:
    """Labels that tie an observation to the current trace, where that trace is kept."""
    context = span_context()
    if context is None or not context.trace_flags.sampled:
        return None
    return {"trace_id": f"{context.trace_id:032x}"}
