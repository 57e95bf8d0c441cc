"""The addresses of the pages of this app."""

from django.urls import path

from screening.views import batches, cases, decisions, desk, list_versions, lists, shipments, suppliers

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/needs-a-look/", desk.look_list, name="look-list"),
    path("cases/<int:pk>/", cases.case_detail, name="case-detail"),
    path("cases/<int:pk>/request-evidence/", cases.case_request_evidence, name="case-request-evidence"),
    path("cases/<int:pk>/detention/", cases.case_detention, name="case-detention"),
    path("cases/<int:pk>/assign/", cases.case_assign, name="case-assign"),
    path("cases/<int:pk>/start-review/", cases.case_start_review, name="case-start-review"),
    path("cases/<int:pk>/reopen/", cases.case_reopen, name="case-reopen"),
    path("cases/<int:pk>/invite/", cases.case_invite, name="case-invite"),
    path("cases/<int:pk>/recommend/", decisions.case_recommend, name="case-recommend"),
    path("cases/<int:pk>/decide/", decisions.case_decide, name="case-decide"),
    path("shipments/<int:pk>/open-case/", cases.shipment_open_case, name="shipment-open-case"),
    path("shipments/<int:pk>/set-aside/", cases.shipment_set_aside, name="shipment-set-aside"),
    path("shipments/", shipments.shipment_list, name="shipment-list"),
    path("shipments/add/", shipments.shipment_add, name="shipment-add"),
    path("shipments/<int:pk>/", shipments.shipment_detail, name="shipment-detail"),
    path("shipments/<int:pk>/edit/", shipments.shipment_edit, name="shipment-edit"),
    path("imports/", batches.batch_list, name="batch-list"),
    path("imports/add/", batches.batch_add, name="batch-add"),
    path("imports/<int:pk>/", batches.batch_detail, name="batch-detail"),
    path("imports/<int:pk>/progress/", batches.batch_progress, name="batch-progress"),
    path("imports/<int:pk>/columns/", batches.batch_mapping, name="batch-mapping"),
    path("imports/<int:pk>/resume/", batches.batch_resume, name="batch-resume"),
    path("imports/<int:pk>/not-stored.csv", batches.batch_rejected, name="batch-rejected"),
    path("suppliers/", suppliers.supplier_list, name="supplier-list"),
    path("suppliers/add/", suppliers.supplier_add, name="supplier-add"),
    path("suppliers/<int:pk>/", suppliers.supplier_detail, name="supplier-detail"),
    path("suppliers/<int:pk>/links/add/", suppliers.link_add, name="link-add"),
    path("links/<int:pk>/withdraw/", suppliers.link_withdraw, name="link-withdraw"),
    path("list-versions/", list_versions.list_version_list, name="list-version-list"),
    path("list-versions/add/", list_versions.list_version_add, name="list-version-add"),
    path("list-versions/<int:pk>/", list_versions.list_version_detail, name="list-version-detail"),
    path("list-versions/<int:pk>/publish/", list_versions.list_version_publish, name="list-version-publish"),
    path("list-versions/<int:pk>/refuse/", list_versions.list_version_refuse, name="list-version-refuse"),
    path("listed-entities/", lists.listed_entity_list, name="listed-entity-list"),
    path("listed-entities/<int:pk>/", lists.listed_entity_detail, name="listed-entity-detail"),
]
