"""Routes of the room."""

from django.urls import path

from openilp.oversight.views import (
    assessments,
    authority,
    breaches,
    figures,
    home,
    misuse,
    registers,
    retention,
    samples,
    simulator,
)

app_name = "oversight"
urlpatterns = [
    path("", home.home, name="home"),
    path("signs", misuse.signs, name="signs"),
    path("signs/<str:ref>", misuse.sign, name="sign"),
    path("samples", samples.samples, name="samples"),
    path("samples/<str:ref>", samples.sample, name="sample"),
    path("simulator", simulator.simulator, name="simulator"),
    path("figures", figures.figures, name="figures"),
    path("reviews", retention.reviews, name="reviews"),
    path("clocks/<uuid:key>", retention.clock, name="clock"),
    path("clocks/<uuid:key>/event", retention.report_event, name="report-event"),
    path("erasures", retention.erasures, name="erasures"),
    path("erasures/<str:ref>", retention.erasure, name="erasure"),
    path("erasures/<str:ref>/certificate", retention.certificate, name="certificate"),
    path("processing", registers.processing, name="processing"),
    path("processing/document", registers.processing_document, name="processing-document"),
    path("processing/write", registers.write_processing, name="write-processing"),
    path("statistics", registers.statistics_list, name="statistics"),
    path("statistics/issue", registers.issue, name="issue-statistics"),
    path("statistics/<str:ref>", registers.statistic, name="statistic"),
    path("statistics/<str:ref>/csv", registers.statistic_csv, name="statistic-csv"),
    path("authority", authority.requests, name="authority"),
    path("authority/<str:ref>", authority.one, name="authority-request"),
    path("breaches", breaches.breaches, name="breaches"),
    path("breaches/report", breaches.report, name="report-breach"),
    path("breaches/<str:ref>", breaches.breach, name="breach"),
    path("breaches/<str:ref>/step", breaches.step, name="breach-step"),
    path("breaches/<str:ref>/scope", breaches.scope, name="breach-scope"),
    path("breaches/<str:ref>/letter", breaches.letter, name="breach-letter"),
    path("assessments", assessments.assessments, name="assessments"),
    path("assessments/<str:name>", assessments.assessment, name="assessment"),
    path("assessments/<str:name>/answer", assessments.answer, name="answer-assessment"),
    path("assessments/<str:name>/document", assessments.document, name="assessment-document"),
]
