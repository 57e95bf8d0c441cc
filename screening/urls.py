"""The addresses of the pages of this app."""

from django.urls import path

from screening.views import lists, shipments, suppliers

urlpatterns = [
    path("shipments/", shipments.shipment_list, name="shipment-list"),
    path("shipments/add/", shipments.shipment_add, name="shipment-add"),
    path("shipments/<int:pk>/", shipments.shipment_detail, name="shipment-detail"),
    path("shipments/<int:pk>/edit/", shipments.shipment_edit, name="shipment-edit"),
    path("suppliers/", suppliers.supplier_list, name="supplier-list"),
    path("suppliers/add/", suppliers.supplier_add, name="supplier-add"),
    path("suppliers/<int:pk>/", suppliers.supplier_detail, name="supplier-detail"),
    path("suppliers/<int:pk>/links/add/", suppliers.link_add, name="link-add"),
    path("links/<int:pk>/withdraw/", suppliers.link_withdraw, name="link-withdraw"),
    path("listed-entities/", lists.listed_entity_list, name="listed-entity-list"),
    path("listed-entities/<int:pk>/", lists.listed_entity_detail, name="listed-entity-detail"),
]
