BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $working = Get-TestMailbox -Working
    $broken = @(Get-TestMailbox -Broken)
    $mailbox = $working[0]
    $options = @{ TenantId = $app.TenantId; ClientId = $app.ClientId; password = $app.Password }
    $token = Get-AppOnlyToken $app.PfxFile @options
}

Describe 'The mailbox commands' {
    It '<Name> names things as Outlook REST did' -ForEach @(
        @{ Name = 'Get-MailboxSettings'; Member = 'TimeZone' }
        @{ Name = 'Get-MailboxTimeZone'; Member = 'Value' }
        @{ Name = 'Get-AutomaticRepliesSettings'; Member = 'Status' }
    ) {
        $settings = & $Name -MailboxName $mailbox -AccessToken $token
        @($settings.PSObject.Properties.Name | Where-Object { $_ -ceq $Member }).Count | Should -Be 1
        @($settings.PSObject.Properties.Name) | Should -Not -Contain 'DateTimeRESTOperation'
    }

    It '<Name> names things as Graph does, and says when, last' -ForEach @(
        @{ Name = 'Get-EXRMailboxSettings'; Member = 'timeZone' }
        @{ Name = 'Get-EXRMailboxTimeZone'; Member = 'value' }
        @{ Name = 'Get-EXRAutomaticRepliesSettings'; Member = 'status' }
    ) {
        $settings = & $Name $mailbox $token
        $names = @($settings.PSObject.Properties.Name)
        @($names | Where-Object { $_ -ceq $Member }).Count | Should -Be 1
        $names[-1] | Should -Be 'DateTimeRESTOperation'
        $settings.DateTimeRESTOperation | Should -BeOfType [string]
        $settings.DateTimeRESTOperation | Should -Match '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$'
    }

    It 'spell enum values as their era did' {
        (Get-AutomaticRepliesSettings $mailbox $token).Status | Should -BeIn @('Disabled', 'AlwaysEnabled', 'Scheduled')
        (Get-EXRAutomaticRepliesSettings $mailbox $token).status | Should -BeIn @('disabled', 'alwaysEnabled', 'scheduled')
        (Get-MailboxSettings $mailbox $token).AutomaticRepliesSetting.Status | Should -MatchExactly '^[A-Z]'
        (Get-EXRMailboxSettings $mailbox $token).automaticRepliesSetting.status | Should -MatchExactly '^[a-z]'
    }

    It 'leave date-times strings' {
        (Get-MailboxSettings $mailbox $token).AutomaticRepliesSetting.ScheduledStartDateTime.DateTime | Should -BeOfType [string]
        (Get-EXRMailboxSettings $mailbox $token).automaticRepliesSetting.scheduledStartDateTime.dateTime | Should -Be '2026-11-23T08:00:00.0000000'
        (Get-EXRMailboxSettings $mailbox $token).workingHours.daysOfWeek | Should -Be @('monday', 'tuesday', 'wednesday', 'thursday', 'friday')
    }

    It 'take mailboxes from the pipeline, as text and as objects' {
        $results = @($working[0..2] | Get-EXRMailboxTimeZone -AccessToken $token)
        $results.Count | Should -Be 3
        $objects = [pscustomobject] @{ UserPrincipalName = $working[0] }, [pscustomobject] @{ PrimarySmtpAddress = $working[1]; UserPrincipalName = 'other' }
        @($objects | Get-MailboxTimeZone -AccessToken $token).Count | Should -Be 2
        # What the members of a group are in the Graph SDK.
        $member = [pscustomobject] @{ Id = '00000001-5eed-4000-8000-000000000003'; AdditionalProperties = @{ mail = 'x' } }
        ($member | Get-MailboxTimeZone -AccessToken $token).Value | Should -Not -BeNullOrEmpty
    }

    It 'write one error for a mailbox that cannot be read, and go on' {
        $results = @($working[0], $broken[0], $working[1] | Get-MailboxTimeZone -AccessToken $token -ErrorAction SilentlyContinue -ErrorVariable failure)
        $results.Count | Should -Be 2
        $failure.Count | Should -Be 1
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'ExRun.*,Get-MailboxTimeZone'
        $failure[0].TargetObject | Should -Be $broken[0]
        $failure[0].Exception.Data['httpStatus'] | Should -BeIn @(403, 404)
        $failure[0].Exception.Data['requestId'] | Should -Not -BeNullOrEmpty
    }
}

Describe 'An access token' {
    It 'may be <Form>' -ForEach @(
        @{ Form = 'a string'; Make = { param($t) $t.access_token } }
        @{ Form = 'a string with Bearer'; Make = { param($t) "Bearer $($t.access_token)" } }
        @{ Form = 'a SecureString'; Make = { param($t) ConvertTo-Secret $t.access_token } }
        @{ Form = 'a SecureString with Bearer'; Make = { param($t) ConvertTo-Secret "Bearer $($t.access_token)" } }
        @{ Form = 'a token object with a string'; Make = { param($t) $t } }
        @{ Form = 'a token object with a SecureString'; Make = { param($t) [pscustomobject] @{ access_token = ConvertTo-Secret $t.access_token } } }
        @{ Form = 'an object of a library'; Make = { param($t) [pscustomobject] @{ AccessToken = $t.access_token } } }
        @{ Form = 'an object with Token'; Make = { param($t) [pscustomobject] @{ Token = ConvertTo-Secret $t.access_token } } }
        @{ Form = 'a hashtable'; Make = { param($t) @{ access_token = $t.access_token } } }
    ) {
        (Get-MailboxTimeZone $mailbox (& $Make $token)).Value | Should -Not -BeNullOrEmpty
    }

    It 'that Exch-Rest 3.50 has encrypted is named as such' {
        Get-MailboxTimeZone $mailbox ([pscustomobject] @{ access_token = '76492d1116743f0423413b16050a5345MgB8' }) -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -Be 'ExRun.TokenInvalid,Get-MailboxTimeZone'
        "$($failure[0])" | Should -Match 'Exch-Rest 3\.50'
        "$($failure[0])" | Should -Not -Match '76492d'
    }

    It 'that is the error of a refused request says which' {
        $refused = Get-AppOnlyToken $app.PfxFile -TenantId $app.TenantId -ClientId '00000000-0000-4000-8000-000000000000' -password $app.Password
        Get-MailboxTimeZone $mailbox $refused -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -Be 'ExRun.TokenRefused,Get-MailboxTimeZone'
        "$($failure[0])" | Should -Match 'AADSTS'
    }

    It 'is asked for when there is none' {
        Disconnect-ExRun
        Get-MailboxSettings $mailbox -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -Be 'ExRun.CredentialMissing,Get-MailboxSettings'
        "$($failure[0])" | Should -Match '-AccessToken'
        "$($failure[0])" | Should -Match 'Connect-ExRun'
    }
}
