function Wait-Certificate {
    <#
    .SYNOPSIS
        Signs in with a certificate that was registered just now; the service may take minutes to know it.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Session,
        [int] $WaitMinutes
    )

    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    while ($true) {
        $refusal = (Invoke-Attempt { Confirm-Token -Session $Session }).Failure
        if ($null -eq $refusal) { return }
        $isUnknown = $refusal.Data['name'] -eq 'TokenRefused' -and $refusal.Message -match 'AADSTS(700027|50027|5002730)'
        if (-not $isUnknown -or $watch.Elapsed.TotalMinutes -ge $WaitMinutes) { Stop-Attempt $refusal }
        Write-Verbose 'the service does not know the new certificate yet; asking again in 10 s'
        # In short steps, so that Ctrl+C works at any time.
        for ($step = 0; $step -lt 50; $step++) { [System.Threading.Thread]::Sleep(200) }
    }
}
