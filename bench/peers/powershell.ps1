# The same job in PowerShell without ExRun, in four ways. The emulator's CA is not the system's: it is not checked here,
# which only makes these quicker.
param(
    [Parameter(Mandatory = $true)] [ValidateSet('Invoke-RestMethod', 'WebSession', 'Parallel', 'HttpClient')] [string] $Way,
    [Parameter(Mandatory = $true)] [string] $List,
    [Parameter(Mandatory = $true)] [int] $InFlight
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$base = 'https://localhost:{0}/v1.0/users/' -f $env:EXRUN_CONNECT_TO.Split(':')[-1]
$headers = @{ Authorization = "Bearer $env:EXRUN_BENCH_TOKEN" }
$mailboxes = [System.IO.File]::ReadAllLines($List)

function ConvertTo-Row {
    param($Mailbox, $Settings)
    [pscustomobject] @{
        MailboxName          = $Mailbox
        Language             = $Settings.language.displayName
        Locale               = $Settings.language.locale
        TimeZone             = $Settings.timeZone
        AutomaticReplyStatus = $Settings.automaticRepliesSetting.status
    }
}

switch ($Way) {
    'Invoke-RestMethod' {
        $mailboxes | ForEach-Object {
            ConvertTo-Row $_ (Invoke-RestMethod -Uri ($base + [uri]::EscapeDataString($_) + '/mailboxSettings') -Headers $headers -SkipCertificateCheck)
        } | Out-Null
    }
    'WebSession' {
        $session = $null
        $mailboxes | ForEach-Object {
            $request = @{ Uri = $base + [uri]::EscapeDataString($_) + '/mailboxSettings'; Headers = $headers; SkipCertificateCheck = $true }
            if ($null -eq $session) { $request['SessionVariable'] = 'session' } else { $request['WebSession'] = $session }
            ConvertTo-Row $_ (Invoke-RestMethod @request)
        } | Out-Null
    }
    'Parallel' {
        $mailboxes | ForEach-Object -ThrottleLimit 16 -Parallel {
            $settings = Invoke-RestMethod -Uri ($using:base + [uri]::EscapeDataString($_) + '/mailboxSettings') -Headers $using:headers -SkipCertificateCheck
            [pscustomobject] @{
                MailboxName          = $_
                Language             = $settings.language.displayName
                Locale               = $settings.language.locale
                TimeZone             = $settings.timeZone
                AutomaticReplyStatus = $settings.automaticRepliesSetting.status
            }
        } | Out-Null
    }
    'HttpClient' {
        $handler = [System.Net.Http.HttpClientHandler]::new()
        $handler.ServerCertificateCustomValidationCallback = [System.Net.Http.HttpClientHandler]::DangerousAcceptAnyServerCertificateValidator
        $client = [System.Net.Http.HttpClient]::new($handler)
        $client.DefaultRequestVersion = [version] '2.0'
        $client.DefaultRequestHeaders.Authorization = [System.Net.Http.Headers.AuthenticationHeaderValue]::new('Bearer', $env:EXRUN_BENCH_TOKEN)
        & {
            $flying = [System.Collections.Generic.Queue[object]]::new()
            $land = {
                $mailbox, $task = $flying.Dequeue()
                ConvertTo-Row $mailbox ($task.GetAwaiter().GetResult() | ConvertFrom-Json)
            }
            foreach ($mailbox in $mailboxes) {
                if ($flying.Count -ge $InFlight) { & $land }
                $flying.Enqueue(@($mailbox, $client.GetStringAsync($base + [uri]::EscapeDataString($mailbox) + '/mailboxSettings')))
            }
            while ($flying.Count -gt 0) { & $land }
        } | Out-Null
    }
}
