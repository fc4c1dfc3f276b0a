from django.urls import path

from gongshi.identity import department_views, proposal_views, review_views, views

app_name = "identity"
urlpatterns = [
    path("", views.PersonList.as_view(), name="people"),
    path("new/", views.CreatePerson.as_view(), name="create_person"),
    path("<int:pk>/", views.show_person, name="person"),
    path("<int:pk>/edit/", views.EditPerson.as_view(), name="edit_person"),
    path("<int:pk>/lock/", views.LockPerson.as_view(), name="lock_person"),
    path("<int:pk>/phone/", views.RevealPhone.as_view(), name="phone"),
    path("<int:pk>/propose/<slug:kind>/", proposal_views.ProposeChange.as_view(), name="propose_change"),
    path("<int:pk>/unlock/", views.UnlockPerson.as_view(), name="unlock_person"),
    path("departments/", department_views.DepartmentList.as_view(), name="departments"),
    path("departments/import/", department_views.ImportDepartments.as_view(), name="import_departments"),
    path("departments/new/", department_views.CreateDepartment.as_view(), name="create_department"),
    path("departments/template/", department_views.department_template, name="department_template"),
    path("departments/tree/", department_views.show_tree, name="department_tree"),
    path("departments/<int:pk>/", department_views.show_department, name="department"),
    path("departments/<int:pk>/edit/", department_views.EditDepartment.as_view(), name="edit_department"),
    path("departments/<int:pk>/head/", department_views.AppointHead.as_view(), name="appoint_head"),
    path("departments/<int:pk>/merger/", department_views.MergeDepartment.as_view(), name="merge_department"),
    path("proposals/", proposal_views.ProposalList.as_view(), name="proposals"),
    path("proposals/import/", proposal_views.ImportAccounts.as_view(), name="import_accounts"),
    path("proposals/new/", proposal_views.ProposeAccount.as_view(), name="propose_account"),
    path("proposals/template/", proposal_views.account_template, name="account_template"),
    path("proposals/<str:number>/", proposal_views.ProposalPage.as_view(), name="proposal"),
    path(
        "proposals/<str:number>/withdrawal/",
        proposal_views.WithdrawProposals.as_view(),
        name="withdraw_proposals",
    ),
    path("reviews/", review_views.ReviewList.as_view(), name="reviews"),
    path("reviews/<int:pk>/", review_views.ReviewPage.as_view(), name="review"),
]
