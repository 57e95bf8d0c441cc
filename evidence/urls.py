"""The addresses of the pages of this app."""

from django.urls import path

from evidence.views import (
    alarms,
    documents,
    exports,
    importer,
    packets,
    page_image,
    papers,
    proof_grid,
    proof_to_do,
    requests,
    review,
    suppliers,
    translations,
    viewer,
)

urlpatterns = [
    # the importer's own pages
    path("to-do/", importer.importer_home, name="importer-home"),
    path("to-do/cases/<int:pk>/", importer.importer_case, name="importer-case"),
    path("to-do/cases/<int:pk>/proof/", proof_to_do.importer_proof, name="importer-proof"),
    path("cases/<int:pk>/identical-report/", proof_to_do.identical_report, name="identical-report"),
    path("to-do/cases/<int:pk>/mend/", alarms.importer_mend, name="importer-mend"),
    path("to-do/cases/<int:pk>/requests/<int:task>/answer/", requests.request_answer, name="request-answer"),
    path("to-do/cases/<int:pk>/requests/<int:task>/more-time/", requests.extension_ask, name="extension-ask"),
    path("to-do/cases/<int:pk>/items/<int:item>/answer/", requests.item_answer, name="item-answer"),
    # papers of suppliers
    path("cases/<int:pk>/suppliers/", suppliers.case_suppliers, name="case-suppliers"),
    path("supplier-requests/<int:pk>/end/", suppliers.supplier_request_end, name="supplier-request-end"),
    path("from-supplier/<str:token>/", suppliers.from_supplier, name="from-supplier"),
    path("from-supplier/<str:token>/pass-on/", suppliers.from_supplier_pass_on, name="from-supplier-pass-on"),
    path(
        "from-supplier/<str:token>/receipts/<str:number>/",
        suppliers.from_supplier_receipt,
        name="from-supplier-receipt",
    ),
    # papers
    path("cases/<int:pk>/papers/", documents.case_upload, name="case-upload"),
    path("cases/<int:pk>/items/<int:item>/papers/", documents.item_upload, name="item-upload"),
    path("documents/", documents.document_list, name="document-list"),
    path("documents/<int:pk>/", documents.document_detail, name="document-detail"),
    path("documents/<int:pk>/progress/", documents.document_progress, name="document-progress"),
    path("documents/<int:pk>/download/", documents.document_download, name="document-download"),
    path("originals/<str:token>/", documents.original_by_link, name="original-file"),
    path("documents/<int:pk>/access/", documents.document_access, name="document-access"),
    path("documents/<int:pk>/read-again/", documents.document_read_again, name="document-read-again"),
    path("documents/<int:pk>/papers/", papers.paper_set, name="paper-set"),
    path("documents/<int:pk>/papers/<int:paper>/", papers.paper_detail, name="paper-detail"),
    path("documents/<int:pk>/replaces/", papers.document_replaces, name="document-replaces"),
    path("documents/<int:pk>/pages/<int:number>/image", page_image.document_page_image, name="document-page-image"),
    path("cases/<int:pk>/viewer/", viewer.case_viewer, name="case-viewer"),
    path("cases/<int:pk>/search/", viewer.case_search, name="case-search"),
    path("cases/<int:pk>/exhibits/<int:exhibit>/translations/", translations.translation_add, name="translation-add"),
    path("translations/<int:pk>/take-back/", translations.translation_take_back, name="translation-take-back"),
    # the case given out
    path("cases/<int:pk>/packets/", packets.case_packets, name="case-packets"),
    path("cases/<int:pk>/packets/progress/", packets.packet_progress, name="packet-progress"),
    path("packets/<int:pk>/download/", packets.packet_download, name="packet-download"),
    path("cases/<int:pk>/exports/", exports.case_exports, name="case-exports"),
    path("exports/<int:pk>/download/", exports.export_download, name="export-download"),
    # the proof grid and the review
    path("cases/<int:pk>/proof-grid/", proof_grid.case_proof_grid, name="case-proof-grid"),
    path("cases/<int:pk>/proof-grid/papers/<int:paper>/", proof_grid.paper_place, name="paper-place"),
    path("cases/<int:pk>/proof-grid/goods/", proof_grid.case_goods, name="case-goods"),
    path("cases/<int:pk>/contradictions/", alarms.case_alarms, name="case-alarms"),
    path("cases/<int:pk>/contradictions/<slug:fingerprint>/", alarms.alarm_answer, name="alarm-answer"),
    path("cases/<int:pk>/ledger/", alarms.case_ledger, name="case-ledger"),
    path("cases/<int:pk>/ledger/yield/", alarms.yield_state, name="case-yield"),
    path("cases/<int:pk>/review/", review.case_review, name="case-review"),
]
