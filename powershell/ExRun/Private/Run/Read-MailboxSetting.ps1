function Read-MailboxSetting {
    <#
    .SYNOPSIS
        The settings of one mailbox, or one part of them, as the body that the service answered.
    .DESCRIPTION
        With names as Outlook REST had them; by a name of the command that begins with EXR as Graph has them, and with
        when it was asked.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # What Get-MailboxIdentity gave.
        [Parameter(Mandatory = $true)] [hashtable] $Mailbox,
        [AllowNull()] [object] $AccessToken,
        [string] $Connection,
        # One part, such as timeZone; all of them without.
        [string] $Part
    )

    if ($null -eq $Mailbox.Name) {
        $fault = if ($Mailbox.Fault) { $Mailbox.Fault } else { 'the object from the pipeline names no mailbox: it has none of {0}' -f ($script:IdentityMembers -join ', ') }
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message $fault)
    }
    $names = if ($Cmdlet.MyInvocation.MyCommand.Name -match 'EXR(Mailbox|AutomaticReplies)') { 'camel' } else { 'pascal' }
    $session = Open-Session -Cmdlet $Cmdlet -AccessToken $AccessToken -Connection $Connection -MailboxName $Mailbox.Name
    $settings = Use-Session $session {
        $request = @{ mailbox = $Mailbox.Name; part = $(if ($Part) { $Part }); names = $names }
        Invoke-NativeOperation -Function 'exrun_mailbox_settings_get' -Request $request -Session $session
    }
    if ($names -eq 'camel') {
        $now = [psnoteproperty]::new('DateTimeRESTOperation', [datetime]::Now.ToString('s'))
        $settings.PSObject.Properties.Add($now)
    }
    # The time zone is a single value.
    if ($Part -ne 'timeZone') { Add-View -InputObject $settings -Name 'ExRun.MailboxSettings' }
    return $settings
}
