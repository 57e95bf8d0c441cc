"""The addresses of the pages of this app."""

from django.urls import URLPattern, path

from entities.views import accounts, api_clients, audit, matching, people, webhooks

urlpatterns: list[URLPattern] = [
    path("", accounts.home, name="home"),
    # signing in, and one's own account
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("second-factor/", accounts.second_factor, name="second-factor"),
    path("second-factor/set-up/", accounts.second_factor_setup, name="second-factor-setup"),
    path("password/reset/", accounts.password_reset, name="password-reset"),
    path("password/reset/sent/", accounts.password_reset_sent, name="password-reset-sent"),
    path("password/reset/done/", accounts.password_reset_complete, name="password-reset-complete"),
    path("password/reset/<uidb64>/<token>/", accounts.password_reset_confirm, name="password-reset-confirm"),
    path("invitation/<str:token>/", accounts.invitation_accept, name="invitation-accept"),
    path("invitation/<str:token>/sign-out/", accounts.invitation_sign_out, name="invitation-sign-out"),
    path("account/", accounts.account, name="account"),
    path("account/password/", accounts.password_change, name="password-change"),
    path("account/recovery-codes/", accounts.recovery_codes, name="recovery-codes"),
    path("account/second-factor/remove/", accounts.second_factor_remove, name="second-factor-remove"),
    path("account/tokens/add/", accounts.token_add, name="token-add"),
    path("account/tokens/<int:pk>/revoke/", accounts.token_revoke, name="token-revoke"),
    # programs
    path("api-clients/", api_clients.api_client_list, name="api-client-list"),
    path("api-clients/add/", api_clients.api_client_add, name="api-client-add"),
    path("api-clients/sandboxes/<int:pk>/open/", api_clients.sandbox_open, name="sandbox-open"),
    path("api-clients/<int:pk>/keys/add/", api_clients.api_key_add, name="api-key-add"),
    path("api-clients/<int:pk>/close/", api_clients.api_client_close, name="api-client-close"),
    path("api-clients/keys/<int:pk>/renew/", api_clients.api_key_rotate, name="api-key-rotate"),
    path("api-clients/keys/<int:pk>/revoke/", api_clients.api_key_revoke, name="api-key-revoke"),
    path("webhooks/", webhooks.webhook_list, name="webhook-list"),
    path("webhooks/add/", webhooks.webhook_add, name="webhook-add"),
    path("webhooks/<int:pk>/", webhooks.webhook_detail, name="webhook-detail"),
    path("webhooks/<int:pk>/edit/", webhooks.webhook_edit, name="webhook-edit"),
    path("webhooks/<int:pk>/secret/", webhooks.webhook_rotate, name="webhook-rotate"),
    path("webhooks/<int:pk>/test/", webhooks.webhook_test, name="webhook-test"),
    path("webhooks/<int:pk>/pause/", webhooks.webhook_pause, name="webhook-pause"),
    path("webhooks/<int:pk>/resume/", webhooks.webhook_resume, name="webhook-resume"),
    path("webhooks/<int:pk>/end/", webhooks.webhook_end, name="webhook-end"),
    path("webhooks/deliveries/<int:pk>/", webhooks.delivery_detail, name="delivery-detail"),
    path("webhooks/deliveries/<int:pk>/replay/", webhooks.delivery_replay, name="delivery-replay"),
    # people, for managers
    path("people/", people.people, name="people"),
    path("people/accounts/<int:pk>/", people.account_detail, name="account-detail"),
    path("people/accounts/<int:pk>/second-factor/", people.second_factor_reset, name="second-factor-reset"),
    path("people/accounts/<int:pk>/same-person/", people.same_person, name="same-person"),
    path("people/members/<int:pk>/role/", people.member_role, name="member-role"),
    path("people/members/<int:pk>/suspend/", people.member_suspend, name="member-suspend"),
    path("people/members/<int:pk>/restore/", people.member_restore, name="member-restore"),
    path("people/organizations/", people.organization_list, name="organization-list"),
    path("people/organizations/add/", people.organization_add, name="organization-add"),
    path("people/organizations/<int:pk>/", people.organization_detail, name="organization-detail"),
    path("people/organizations/<int:pk>/invite/", people.invitation_add, name="invitation-add"),
    path("people/organizations/<int:pk>/brokers/", people.broker_authorize, name="broker-authorize"),
    path("people/authorizations/<int:pk>/revoke/", people.broker_revoke, name="broker-revoke"),
    path("people/invitations/", people.invitation_list, name="invitation-list"),
    path("people/invitations/<int:pk>/send/", people.invitation_resend, name="invitation-resend"),
    path("people/invitations/<int:pk>/withdraw/", people.invitation_withdraw, name="invitation-withdraw"),
    # the audit trail
    path("audit/", audit.audit_trail, name="audit-trail"),
    # what everybody who relies on a finding may want to know
    path("how-matching-works/", matching.how_matching_works, name="how-matching-works"),
]
