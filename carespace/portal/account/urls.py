"""Addresses of sign-in, registration and password pages; all inside the namespace ``portal``."""

from django.urls import path

from carespace.portal.account import session_views, terms_views, views, work_views
from carespace.portal.users import asking

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/birth-date/", views.birth_date, name="birth-date"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("register/<str:token>/", views.register, name="register"),
    path("register/<str:token>/ask-again/", asking.ask_again, name="ask-again"),
    path("forgot-password/", views.forgot_password, name="forgot-password"),
    path("forgot-password/sent/", views.forgot_password_sent, name="forgot-password-sent"),
    path("new-password/<str:key>/", views.new_password, name="new-password"),
    path("terms/", terms_views.terms, name="terms"),
    path("terms/<slug:slug>/", terms_views.terms_of, name="terms-of"),
    path("terms/<slug:slug>/agree/", terms_views.agree, name="terms-agree"),
    path("join/<uuid:offer_id>/", work_views.offer, name="work-offer"),
    path("session/time-left/", session_views.time_left, name="time-left"),
    path("session/stay/", session_views.stay, name="stay"),
    path("session/draft/", session_views.keep_draft, name="keep-draft"),
]
